import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A request as the store read it, strictly. Header names in lower case, one character a byte. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface StrictStore {
  readonly port: number;
  readonly arrived: readonly Arrived[];
  /** What is wrong with the bytes that came, by the letter of RFC 9112. */
  readonly faults: readonly string[];
  /** Every byte that came, over all connections. */
  readonly bytes: () => string;
  /** Requests whose body was cut off. */
  readonly broken: () => number;
}

type Answering = (request: Arrived) => string | undefined;

const REQUEST_LINE = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.1$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t -~\x80-\xff]*)$/;
const ECHOED = ['algorithm', 'key-md5'].map((name) => `x-amz-server-side-encryption-customer-${name}`);

/**
 * A store that parses HTTP by itself, takes nothing but the plainest form of it and keeps a record: the judge of what
 * the proxy sends. It answers 200 with an empty body, and echoes SSE-C as a store does that encrypts.
 *
 * @param answer a whole answer for a request; without one the plain 200
 */
export async function strictStore(t: Test, answer: Answering = () => undefined): Promise<StrictStore> {
  const arrived: Arrived[] = [];
  const faults: string[] = [];
  const open = new Set<Socket>();
  let bytes = '';
  let broken = 0;
  const server = net.createServer((socket) => {
    let rest = '';
    open.add(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1');
      rest += chunk.toString('latin1');
      for (let read = readRequest(rest, faults); read; read = readRequest(rest, faults)) {
        rest = read.rest;
        arrived.push(read.request);
        socket.write(answer(read.request) ?? plainAnswer(read.request), 'latin1');
      }
    });
    socket.once('close', () => {
      open.delete(socket);
      if (rest !== '') broken += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { port, arrived, faults, bytes: () => bytes, broken: () => broken };
}

/** The first whole request of a text; undefined while it is not whole. */
function readRequest(text: string, faults: string[]): { request: Arrived; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, method = '', target = ''] = REQUEST_LINE.exec(line) ?? [];
  if (method === '') faults.push(`request line ${JSON.stringify(line)}`);
  const headers: Record<string, string> = {};
  for (const field of lines) {
    const [, name = '', value = ''] = FIELD.exec(field) ?? [];
    if (name === '') faults.push(`field ${JSON.stringify(field)}`);
    if (name.toLowerCase() in headers) faults.push(`${name} twice`);
    headers[name.toLowerCase()] = value.trim();
  }
  const length = headers['content-length'] ?? '0';
  if (!/^(0|[1-9]\d*)$/.test(length)) faults.push(`Content-Length ${length}`);
  if ('transfer-encoding' in headers) faults.push('Transfer-Encoding');
  if (!headers.host) faults.push('no Host');
  const from = end + 4;
  const to = from + Number(length);
  if (text.length < to) return undefined;
  return { request: { method, target, headers, body: text.slice(from, to) }, rest: text.slice(to) };
}

function plainAnswer({ headers }: Arrived): string {
  const echo = ECHOED.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]));
  return ['HTTP/1.1 200 OK', 'ETag: "e"', 'Content-Length: 0', ...echo, '', ''].join('\r\n');
}
