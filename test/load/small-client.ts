import https from 'node:https';
import type { Credentials } from '../../src/secret.ts';
import { sign } from '../../src/sigv4/sign.ts';

export interface Answered {
  readonly status: number;
  readonly etag: string;
  readonly body: Buffer;
}

interface Setting {
  /** `https://127.0.0.1:8443` */
  readonly base: string;
  /** PEM text. */
  readonly ca: string;
  readonly credentials: Credentials;
  readonly region: string;
  /** Without it each request goes over a connection of its own. True by default. */
  readonly keepAlive?: boolean;
}

/** An S3 client that costs next to nothing and tries nothing twice: what fails, fails. */
export class SmallClient {
  readonly #setting: Setting;
  #agent: https.Agent;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#agent = this.#newAgent();
  }

  /** `path` is strictly encoded. @throws when no whole answer came */
  send(
    method: string,
    path: string,
    body: Buffer | string = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const { base, credentials, region } = this.#setting;
    const { host, hostname, port } = new URL(base);
    const headers = { ...more, host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const signature = sign({ method, path, headers }, { credentials, region, now: new Date() });
    const length = method === 'GET' || method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          method,
          hostname,
          port,
          path,
          agent: this.#agent,
          headers: { ...headers, ...signature, ...length },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => void chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, headers: answered } = response;
            resolve({ status, etag: answered.etag ?? '', body: Buffer.concat(chunks) });
          });
        },
      );
      request.on('error', reject).end(body);
    });
  }

  /** What comes next goes over connections, and TLS sessions, of its own. */
  reconnect(): void {
    this.#agent.destroy();
    this.#agent = this.#newAgent();
  }

  close(): void {
    this.#agent.destroy();
  }

  #newAgent(): https.Agent {
    const { ca, keepAlive = true } = this.#setting;
    return new https.Agent({ ca, keepAlive, maxFreeSockets: 2 });
  }
}
