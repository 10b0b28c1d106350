import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Held } from './objects.ts';

/** The API server's answer that is not a success. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, what: string, said: string) {
    super(`${what}: ${status} ${said}`);
    this.status = status;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The API as whoever holds the token; all paths begin with `/api` or `/apis`. */
export class Api {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, ca: string, token: string) {
    this.#agent = new Agent({ ca, keepAlive: true });
    this.#url = url;
    this.#token = token;
  }

  get<T = Held>(path: string): Promise<T> {
    return this.#ask('GET', path) as Promise<T>;
  }

  /** Undefined where it does not exist. */
  async find<T = Held>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }

  async list<T = Held>(path: string): Promise<readonly T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  create<T = Held>(path: string, body: object): Promise<T> {
    return this.#ask('POST', path, body) as Promise<T>;
  }

  replace<T = Held>(path: string, body: object): Promise<T> {
    return this.#ask('PUT', path, body) as Promise<T>;
  }

  /** Field by field; lists are replaced. */
  merge<T = Held>(path: string, body: object): Promise<T> {
    return this.#ask('PATCH', path, body, 'application/merge-patch+json') as Promise<T>;
  }

  /** What is gone already is no failure. */
  async remove(path: string, options: object = {}): Promise<void> {
    try {
      await this.#ask('DELETE', path, options);
    } catch (error) {
      if (!(error instanceof Refused && (error.status === 404 || error.status === 409))) throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: Method, path: string, body?: object, type = 'application/json'): Promise<unknown> {
    const text = body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, {
        method,
        agent: this.#agent,
        timeout: 40_000,
        headers: {
          authorization: `Bearer ${this.#token}`,
          // Node frames no body of a DELETE by itself.
          ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
        },
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const said = Buffer.concat(chunks).toString('utf8');
          const status = answer.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(isJson(answer.headers) ? JSON.parse(said) : said);
          else reject(new Refused(status, `${method} ${path}`, messageOf(said)));
        });
      });
      sent.end(text);
    });
  }
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/json') ?? false;
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
