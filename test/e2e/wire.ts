import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Test } from 'tap';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import type { ProviderName } from '../../src/s3/providers.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { testSsecKey } from '../support/snapshot.ts';

/** A proxy over plain HTTP before a store that the test plays itself, for what no client library shows. */
export interface Wire {
  readonly port: number;
  /** Lines of the proxy's log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

interface WireSettings {
  /** Port of the store on 127.0.0.1. */
  readonly port: number;
  /** In milliseconds; plenty unless said. */
  readonly timeouts?: Readonly<Partial<Record<'connect' | 'headers' | 'idle' | 'keepAlive', number>>>;
  readonly auth?: 'sigv4' | 'none';
  readonly domains?: readonly string[];
  /** PEM text of the authority that the store's certificate is checked against; without it the store speaks HTTP. */
  readonly ca?: string;
  readonly etag?: 'auto' | 'mark' | 'passthrough';
  readonly provider?: ProviderName;
  readonly transport?: string;
  /** In YAML. */
  readonly clients?: string;
  /** More of the config, in YAML. */
  readonly more?: string;
}

export const MIB = 1024 * 1024;

/** The SSE-C key of `secret`. */
export const WIRE_KEY = testSsecKey('wire');

/** Encrypts `secret`, leaves `plain` plain and denies everything else. */
export async function startWire(t: Test, settings: WireSettings): Promise<Wire> {
  const files: Record<string, string | Buffer> = {
    '/config.yaml': configText(settings),
    '/wire.key': Buffer.from(WIRE_KEY.base64, 'base64'),
    '/ca.pem': settings.ca ?? '',
  };
  const { snapshot, problems } = await loadConfig('/config.yaml', {
    env: {},
    readFile: (path) =>
      Promise.resolve({ bytes: Buffer.from(files[path] ?? ''), mode: 0o600, truncated: false }),
  });
  if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, 'config.yaml')).join('\n'));
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const proxy = await startProxy(snapshot, makeLog('info', destination));
  t.teardown(() => proxy.stop());
  return { port: Number(new URL(proxy.urls[0] ?? '').port), log, stop: () => proxy.stop() };
}

function configText({
  port,
  timeouts = {},
  auth = 'none',
  domains = [],
  ca,
  etag = 'auto',
  provider = 'aws',
  transport = 'direct',
  clients = '[{ accessKeyId: client, secretAccessKey: client-secret-for-tests }]',
  more = '',
}: WireSettings): string {
  const { connect = 60_000, headers = 60_000, idle = 60_000, keepAlive = 10_000 } = timeouts;
  const security = ca === undefined ? 'insecure: true' : 'ca: /ca.pem';
  return `listen: [{ address: "127.0.0.1:0", auth: ${auth} }]
admin: { address: "127.0.0.1:0" }
domains: [${domains.join(', ')}]
drain: 1s
upstream:
  endpoint: ${ca === undefined ? 'http' : 'https'}://127.0.0.1:${port}
  ${security}
  region: eu-test-1
  provider: ${provider}
  transport: ${transport}
  etag: ${etag}
  addressing: path
  credentials: { accessKeyId: wire, secretAccessKey: store-secret-for-tests }
  timeouts: { connect: ${connect}ms, headers: ${headers}ms, idle: ${idle}ms, keepAlive: ${keepAlive}ms }
clients: ${clients}
keys: { wire: { file: /wire.key } }
rules:
  - { match: { bucket: secret }, encrypt: [wire] }
  - { match: { bucket: plain }, encrypt: off }
${more}`;
}

const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';

/** A store over HTTP that answers as the test says, with an ETag, and echoes the SSE-C key as a store does that encrypts. */
export async function httpStore(
  t: Test,
  handler: http.RequestListener,
): Promise<{ port: number; requests: readonly http.IncomingMessage[]; server: http.Server }> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    if (isPartWithoutKey(request)) {
      request.resume().once('end', () => response.writeHead(400).end());
      return;
    }
    requests.push(request);
    if (request.method === 'PUT') response.setHeader('etag', '"e"');
    for (const name of ['algorithm', 'key-md5']) {
      const value = request.headers[SSEC_PREFIX + name];
      if (value !== undefined) response.setHeader(SSEC_PREFIX + name, value);
    }
    handler(request, response);
  });
  return { ...(await listening(t, server)), requests, server };
}

/** How the proxy asks whether an upload is encrypted: every upload of these stores is. */
export function isPartWithoutKey({ url, headers }: http.IncomingMessage): boolean {
  return url?.includes('partNumber=10000&') === true && headers[`${SSEC_PREFIX}key`] === undefined;
}

/** A store of bare sockets: `handler` is given each of them, and how many there were before. */
export async function socketStore(
  t: Test,
  handler: (socket: Socket, index: number) => void,
): Promise<{ port: number; sockets: readonly Socket[] }> {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    handler(socket, sockets.length - 1);
  });
  return { ...(await listening(t, server)), sockets };
}

async function listening(t: Test, server: Server): Promise<{ port: number }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port };
}

/** A client of bare bytes. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** All that came so far, one character a byte. */
  received = '';

  constructor(t: Test, port: number) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
    });
    t.teardown(() => this.socket.destroy());
  }

  /** Sends a head; `Host` is added unless there is one. */
  send(lines: readonly string[], body = ''): this {
    const host = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: 127.0.0.1'];
    const [first = '', ...rest] = lines;
    this.socket.write(`${[first, ...host, ...rest].join('\r\n')}\r\n\r\n${body}`, 'latin1');
    return this;
  }

  /** Waits until what was received fits. */
  async until(wanted: RegExp): Promise<string> {
    await eventually(() => wanted.test(this.received) || this.socket.destroyed);
    return this.received;
  }
}

/** One request whose connection ends with it; all that came back. */
export async function exchangeOf(
  t: Test,
  port: number,
  lines: readonly string[],
  body = '',
): Promise<string> {
  const client = new RawClient(t, port).send([...lines, 'Connection: close'], body);
  await client.closed;
  return client.received;
}

type LogLine = Readonly<Record<string, unknown>>;

/**
 * The latest line of a log that fits, once there is one: a client may have all of its answer before the line of it is
 * written, over TLS above all, where the end of a write is told in a later turn.
 */
export async function lineOf(
  log: readonly LogLine[],
  fits: (line: LogLine) => boolean,
): Promise<LogLine | undefined> {
  await eventually(() => log.some(fits));
  return log.findLast(fits);
}

/** Resolves when the condition holds. @throws Error when it does not within this time or more */
export async function eventually(condition: () => boolean, seconds = 20): Promise<void> {
  for (let tries = 0; tries < seconds * 200; tries += 1) {
    if (condition()) return;
    await pause(5);
  }
  throw new Error('what was waited for never came to be');
}

/**
 * Limits, in milliseconds, for a trial of what is slow and steady. A machine that is too busy to look at the system's
 * buffers within one of them gets the next; `STEADY_BYTES` are taken within each. These are fewer than the bytes after
 * which the system tells a writer of room, so whoever goes by that alone fails with all of them.
 */
export const STEADY_LIMITS = [1200, 4800, 19_200] as const;
export const STEADY_BYTES = 768 * 1024;

/**
 * Takes so much of a stream, on the whole: what a busy machine has missed is caught up with.
 * @returns takes nothing more
 */
export function takeSteadily(stream: Readable, bytesPerSecond: number): () => void {
  const began = performance.now();
  let taken = 0;
  let steady = true;
  stream.on('data', (piece: Buffer) => {
    taken += piece.length;
    const ahead = began + (1000 * taken) / bytesPerSecond - performance.now();
    if (steady && ahead <= 0) return;
    stream.pause();
    setTimeout(() => steady && stream.resume(), ahead);
  });
  return () => {
    steady = false;
    stream.pause();
  };
}

/** Resolves with the counter when it has stood still for a while. */
export async function settled(counter: () => number): Promise<number> {
  for (let last = -1, quiet = 0; quiet < 10; ) {
    await pause(50);
    quiet = counter() === last ? quiet + 1 : 0;
    last = counter();
  }
  return counter();
}
