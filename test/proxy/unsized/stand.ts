import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Test } from 'tap';
import { PROVIDERS, type Provider } from '../../../src/s3/providers.ts';
import type { Credentials } from '../../../src/secret.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { clientWith, type Front, REGION, SSEC_KEY, startFront } from '../../adversary/support.ts';
import { eventually, httpStore, RawClient } from '../../e2e/wire.ts';
import { type SignedByObs, signedByObs } from '../../support/signed-by-obs.ts';
import { aws4Signer } from '../../support/signers.ts';
import { EVERYTHING, testSsecKey } from '../../support/snapshot.ts';

export const OWNER = clientWith('owner', EVERYTHING);
/** May read, and no more. */
export const READER = clientWith('reader', {
  admin: false,
  grants: [{ bucket: 'secret', prefix: '', actions: new Set(['read']) }],
});
export const OPEN_KEY = testSsecKey('of the client');
/** Small, so that a few bytes are many parts. */
export const LIMITS = { first: 100, part: 1000, largest: 5000, filling: 60_000 };

/** What came to the store, whole or not. */
export interface Came {
  readonly what: string;
  readonly request: IncomingMessage;
  body: string;
  whole: boolean;
  cut: boolean;
}

type Kind = 'put' | 'begin' | 'part' | 'end' | 'abort' | 'head' | 'tag' | 'append' | 'other';
type Handler = (came: Came, response: ServerResponse) => void;
export type Manner = Readonly<Partial<Record<Kind, Handler>>>;

export interface Stand extends Front {
  readonly came: readonly Came[];
  readonly kinds: () => string;
  /** The body of each request that is whole and of this kind. */
  readonly bodies: (kind: Kind) => readonly string[];
  /** The headers of the first one of this kind. */
  readonly said: (kind: Kind) => IncomingMessage['headers'];
}

const EMPTY = { 'content-length': '0' };

const USUAL: Readonly<Record<Kind, Handler>> = {
  put: ({ body }, response) =>
    response.writeHead(200, { ...EMPTY, etag: `"${md5(body)}"`, 'x-amz-version-id': 'v1' }).end(),
  begin: (_came, response) =>
    response.end('<InitiateMultipartUploadResult><UploadId>up/1</UploadId></InitiateMultipartUploadResult>'),
  part: ({ body }, response) => response.writeHead(200, { ...EMPTY, etag: `"${md5(body)}"` }).end(),
  end: (_came, response) => {
    response.setHeader('x-amz-version-id', 'v2');
    response.end('<CompleteMultipartUploadResult><ETag>"whole-3"</ETag></CompleteMultipartUploadResult>');
  },
  abort: (_came, response) => response.writeHead(204).end(),
  head: (_came, response) => response.writeHead(200, { etag: '"asked-3"', 'content-length': '7' }).end(),
  tag: (_came, response) => response.writeHead(200, EMPTY).end(),
  append: (_came, response) =>
    response.writeHead(200, { ...EMPTY, etag: '"a"', 'x-obs-next-append-position': '5' }).end(),
  other: (_came, response) => response.writeHead(200, EMPTY).end(),
};

export function fail(response: ServerResponse, status: number, code: string): void {
  const xml = `<Error><Code>${code}</Code><Message>says the store</Message></Error>`;
  response.writeHead(status, { 'content-length': xml.length }).end(xml);
}

function kindOf({ method, url = '' }: IncomingMessage): Kind {
  if (method === 'PUT' && url.includes('tagging')) return 'tag';
  if (method === 'PUT' && url.includes('policy')) return 'other';
  if (method === 'PUT') return url.includes('partNumber') ? 'part' : 'put';
  if (method === 'POST' && url.includes('append')) return 'append';
  if (method === 'POST' && url.includes('delete')) return 'other';
  if (method === 'POST') return url.includes('uploads') ? 'begin' : 'end';
  return method === 'HEAD' ? 'head' : 'abort';
}

interface Settings {
  readonly provider?: Provider;
  readonly upstream?: Partial<Snapshot['upstream']>;
  readonly obs?: boolean;
  readonly limits?: Partial<Snapshot['limits']>;
  readonly timeouts?: Snapshot['timeouts'];
}

/** A proxy that speaks OBS, and a store that does what is said of it. `secret` is encrypted, `plain` is not. */
export async function standOf(t: Test, manner: Manner = {}, settings: Settings = {}): Promise<Stand> {
  const { provider = PROVIDERS.ceph, upstream, obs = true, limits, timeouts } = settings;
  const came: Came[] = [];
  const { port } = await httpStore(t, (request, response) => {
    const what = kindOf(request);
    const one: Came = { what, request, body: '', whole: false, cut: false };
    came.push(one);
    request.on('error', () => undefined).once('close', () => (one.cut = !request.complete));
    request.setEncoding('latin1').on('data', (text: string) => (one.body += text));
    request.once('end', () => {
      one.whole = true;
      (manner[what] ?? USUAL[what])(one, response);
    });
  });
  const front = await startFront(t, {
    port,
    provider,
    clients: [OWNER, READER],
    rules: [
      { bucket: 'secret', encrypt: [SSEC_KEY] },
      { bucket: 'passed', encrypt: [SSEC_KEY], clientHeaders: 'pass' },
      { bucket: 'plain', encrypt: 'off' },
    ],
    sigv2: true,
    obs,
    ...(timeouts && { timeouts }),
    limits: { unsized: LIMITS, ...limits },
    upstream: {
      timeouts: { connect: 60_000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 1000 },
      ...upstream,
    },
  });
  return {
    ...front,
    came,
    kinds: () => came.map(({ what }) => what).join(' '),
    bodies: (kind) => came.filter(({ what, whole }) => what === kind && whole).map(({ body }) => body),
    said: (kind) => came.find(({ what }) => what === kind)?.request.headers ?? {},
  };
}

interface Sent extends Omit<Partial<SignedByObs>, 'scheme'> {
  readonly scheme?: SignedByObs['scheme'] | 'AWS4';
  readonly as?: Credentials;
}

/** A client that has sent the head of a request whose body comes in chunks. */
export async function begun(t: Test, stand: Stand, sent: Sent = {}): Promise<RawClient> {
  const { scheme = 'OBS', method = 'PUT', target = '/secret/k', headers = {}, as = OWNER } = sent;
  const client = new RawClient(t, stand.port);
  const host = `127.0.0.1:${stand.port}`;
  if (scheme === 'AWS4') {
    const [path = '/'] = target.split('?');
    const asked = {
      method,
      path,
      query: {},
      headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
    };
    const fields = await aws4Signer(asked, { credentials: OWNER, region: REGION, now: new Date() });
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    return client.send([`${method} ${target} HTTP/1.1`, ...lines, 'Transfer-Encoding: chunked']);
  }
  const lines = signedByObs({ scheme, method, target, headers }, as);
  return client.send([...lines, `Host: ${host}`, 'Transfer-Encoding: chunked']);
}

/** Sends a body in chunks of this size, with its end, and gives back the answer. */
export async function put(t: Test, stand: Stand, body: string, sent: Sent = {}): Promise<string> {
  const client = await begun(t, stand, sent);
  client.socket.write(`${chunksOf(body, 300)}0\r\n\r\n`, 'latin1');
  return await answerOf(client);
}

/** Sends chunks one after the other, so that they do not come in one piece. */
export async function drip(client: RawClient, body: string): Promise<void> {
  for (let at = 0; at < body.length; at += 100) {
    client.socket.write(chunksOf(body.slice(at, at + 100), 100));
    await pause(5);
  }
}

export async function answerOf(client: RawClient): Promise<string> {
  await eventually(() => isWhole(client.received) || client.socket.destroyed);
  return client.received;
}

export function chunksOf(body: string, size: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size);
    chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return chunks.join('');
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
  return end >= 0 && text.length >= end + 4 + length;
}

function md5(text: string): string {
  return createHash('md5').update(text, 'latin1').digest('hex');
}

export function contentMd5(text: string): string {
  return createHash('md5').update(text, 'latin1').digest('base64');
}

/** Of this many bytes, no two parts alike. */
export function bodyOf(bytes: number): string {
  return Array.from({ length: Math.ceil(bytes / 8) }, (_, i) => String(i).padStart(8, '.'))
    .join('')
    .slice(0, bytes);
}
