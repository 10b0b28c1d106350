import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { HealthPlace } from '../config/health-place.ts';

/** What a probe found, in one line for people. */
export interface Told {
  readonly well: boolean;
  readonly text: string;
}

type Kind<K extends HealthPlace['kind']> = Extract<HealthPlace, { kind: K }>;

/** Asks the admin address once; 200 is well. */
export async function probe(
  { address, tls }: Kind<'admin'>,
  path: '/healthz' | '/readyz',
  limitMs: number,
): Promise<Told> {
  const signal = AbortSignal.timeout(limitMs);
  const options = {
    host: address.host,
    port: address.port,
    path,
    agent: false as const,
    signal,
    // The certificate has the name by which others ask. Nothing secret is sent, and who answers is on this machine.
    ...(tls ? { rejectUnauthorized: false } : {}),
  };
  try {
    const answer = await answerTo(tls ? https.request(options) : http.request(options));
    const text = await firstLine(answer);
    return { well: answer.statusCode === 200, text: text || `${path} answered ${answer.statusCode}` };
  } catch (error) {
    return {
      well: false,
      text: `${place(address)} does not answer: ${signal.aborted ? `nothing within ${limitMs / 1000} s` : faultOf(error)}`,
    };
  }
}

/** Connects to a listener and goes again: that a connection is taken is all that it tells. */
export function connects({ place: at }: Pick<Kind<'listener'>, 'place'>, limitMs: number): Promise<Told> {
  const socket = at.kind === 'unix' ? net.connect(at.path) : net.connect(at.port, at.host);
  const name = at.kind === 'unix' ? `unix:${at.path}` : place(at);
  return new Promise((resolve) => {
    const end = (well: boolean, text: string): void => {
      socket.destroy();
      resolve({ well, text });
    };
    socket.setTimeout(limitMs, () => end(false, `${name} takes no connection within ${limitMs / 1000} s`));
    socket.once('connect', () => end(true, `${name} takes connections`));
    socket.once('error', (error) => end(false, `${name} takes no connection: ${faultOf(error)}`));
  });
}

function answerTo(request: http.ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).on('error', reject).end();
  });
}

/** A line of a probe is short; of something else that answers here, no more is read. */
const MOST_BYTES = 4096;

async function firstLine(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES || text.includes('\n')) break;
  }
  return printable(text.slice(0, MOST_BYTES).split('\n', 1)[0] ?? '');
}

/** Another program may answer here: nothing that it says moves the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

function place({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function faultOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}
