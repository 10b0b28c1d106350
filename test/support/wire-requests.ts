import { createHash, createHmac, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** One field of a request that a test may tamper with: headers, query parameters, pieces of a framed body. */
export interface Part {
  readonly name: string;
  readonly value: string;
}

/** A request as bytes, still in its parts. Texts are one character a byte. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly Part[];
  readonly headers: readonly Part[];
  /** Joined they are the body; the framing's own pieces have names. */
  readonly body: readonly Part[];
}

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly now: Date;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** In lower case; all of them are signed but those of `UNSIGNED`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const UNSIGNED: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
]);
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export type Framing = 'chunks' | 'chunks and trailer' | 'unsigned trailer';

const MODES: Readonly<Record<Framing, string>> = {
  chunks: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'chunks and trailer': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'unsigned trailer': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
};

/** A request signed in its header, with a body that is hashed, or not hashed when `payload` says so. */
export function headerSigned(
  asked: Asked,
  body: string,
  signing: Signing,
  payload = sha256(body),
): WireRequest {
  const length = body === '' && asked.method !== 'PUT' ? {} : { 'content-length': String(body.length) };
  const headers = { ...asked.headers, 'x-amz-content-sha256': payload, ...length };
  const { fields } = authorize({ ...asked, headers }, payload, signing);
  return { ...asked, query: [], headers: fields, body: body === '' ? [] : [{ name: 'body', value: body }] };
}

/** A request signed in its query, `expires` in seconds. */
export function presigned(asked: Asked, body: string, signing: Signing, expires = 600): WireRequest {
  const { date, timestamp, scope } = times(signing);
  const names = Object.keys({ ...asked.headers, host: '' }).toSorted();
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${signing.accessKeyId}/${scope}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', names.join(';')],
  ].map(([name = '', value = '']) => ({ name, value: encodeURIComponent(value) }));
  const headers = { host: asked.host, ...asked.headers };
  const canonical = [
    asked.method,
    asked.path,
    query.map(({ name, value }) => `${name}=${value}`).join('&'),
    ...names.map((name) => `${name}:${headers[name as keyof typeof headers] ?? ''}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKeyOf(signing, date), text).toString('hex');
  const length = body === '' && asked.method !== 'PUT' ? {} : { 'content-length': String(body.length) };
  return {
    ...asked,
    query: [...query, { name: 'X-Amz-Signature', value: signature }],
    headers: partsOf({ ...headers, ...length }),
    body: body === '' ? [] : [{ name: 'body', value: body }],
  };
}

export interface FramedOptions {
  readonly framing: Framing;
  /** In bytes; the last chunk has what is left. */
  readonly chunkBytes?: number;
  /** Lower-case name and value; crc32 of the data unless said. */
  readonly trailer?: readonly [name: string, value: string];
  /** Content-Length of the framed body, or none with `transfer-encoding: chunked`. */
  readonly length?: 'content-length' | 'chunked';
  readonly contentEncoding?: string | undefined;
}

/** A request whose body is in aws-chunked framing. */
export function framed(asked: Asked, data: string, signing: Signing, options: FramedOptions): WireRequest {
  const { framing, length = 'content-length' } = options;
  const trailer =
    framing === 'chunks' ? undefined : (options.trailer ?? ['x-amz-checksum-crc32', crcOf(data)]);
  const coding = 'contentEncoding' in options ? options.contentEncoding : 'aws-chunked';
  const headers = {
    ...asked.headers,
    'x-amz-content-sha256': MODES[framing],
    'x-amz-decoded-content-length': String(data.length),
    ...(coding === undefined ? {} : { 'content-encoding': coding }),
    ...(trailer ? { 'x-amz-trailer': trailer[0] } : {}),
  };
  const { fields, seed } = authorize({ ...asked, headers }, MODES[framing], signing);
  const body = frame(data, { ...options, seed, signing, trailer });
  const size = body.reduce((sum, { value }) => sum + value.length, 0);
  const last =
    length === 'chunked'
      ? { name: 'transfer-encoding', value: 'chunked' }
      : { name: 'content-length', value: String(size) };
  return { ...asked, query: [], headers: [...fields, last], body };
}

/** The pieces of a framed body; joined they are its bytes. */
export function frame(
  data: string,
  options: Pick<FramedOptions, 'framing' | 'chunkBytes'> & {
    readonly seed: string;
    readonly signing: Signing;
    readonly trailer?: readonly [name: string, value: string] | undefined;
  },
): Part[] {
  const { framing, chunkBytes = 8192, signing, trailer } = options;
  const { date, timestamp, scope } = times(signing);
  const signingKey = signingKeyOf(signing, date);
  const link = (kind: string, ...lines: string[]): string =>
    hmac(signingKey, [`AWS4-HMAC-SHA256-${kind}`, timestamp, scope, ...lines].join('\n')).toString('hex');
  const isSigned = framing !== 'unsigned trailer';
  let previous = options.seed;
  const parts: Part[] = [];
  const pieces = Array.from({ length: Math.ceil(data.length / chunkBytes) }, (_, index) =>
    data.slice(index * chunkBytes, (index + 1) * chunkBytes),
  );
  for (const [index, piece] of [...pieces, ''].entries()) {
    parts.push({ name: `size ${index}`, value: piece.length.toString(16) });
    if (isSigned) {
      previous = link('PAYLOAD', previous, EMPTY, sha256(piece));
      parts.push({ name: `signature ${index}`, value: `;chunk-signature=${previous}` });
    }
    parts.push({ name: `line end ${index}`, value: '\r\n' });
    if (piece !== '') {
      parts.push({ name: `data ${index}`, value: piece }, { name: `data end ${index}`, value: '\r\n' });
    }
  }
  if (trailer) {
    const [name, value] = trailer;
    parts.push({ name: 'trailer name', value: `${name}:` }, { name: 'trailer value', value });
    parts.push({ name: 'trailer end', value: '\r\n' });
    if (isSigned) {
      const signature = link('TRAILER', previous, sha256(`${name}:${value}\n`));
      parts.push({ name: 'trailer signature', value: `x-amz-trailer-signature:${signature}` });
      parts.push({ name: 'trailer signature end', value: '\r\n' });
    }
  }
  parts.push({ name: 'end', value: '\r\n' });
  return parts;
}

export function bytesOf({ method, path, query, headers, body }: WireRequest): Buffer {
  const target = query.length === 0 ? path : `${path}?${query.map(pair).join('&')}`;
  const lines = headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  const bytes = Buffer.from(body.map(({ value }) => value).join(''), 'latin1');
  const chunked = headers.some(({ name }) => name === 'transfer-encoding');
  const framing = chunked
    ? [Buffer.from(bytes.length === 0 ? '' : `${bytes.length.toString(16)}\r\n`), bytes]
    : [bytes];
  const end = chunked ? Buffer.from(`${bytes.length === 0 ? '' : '\r\n'}0\r\n\r\n`) : Buffer.alloc(0);
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'),
    ...framing,
    end,
  ]);
}

export function crcOf(data: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(Buffer.from(data, 'latin1')));
  return bytes.toString('base64');
}

function pair({ name, value }: Part): string {
  return `${name}=${value}`;
}

function authorize(
  { method, path, host, headers = {} }: Asked,
  payload: string,
  signing: Signing,
): { fields: Part[]; seed: string } {
  const { date, timestamp, scope } = times(signing);
  const all: Record<string, string> = { host, 'x-amz-date': timestamp, ...headers };
  const names = Object.keys(all)
    .filter((name) => !UNSIGNED.has(name))
    .toSorted();
  const canonical = [
    method,
    path,
    '',
    ...names.map((name) => `${name}:${all[name] ?? ''}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  const seed = hmac(signingKeyOf(signing, date), text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${signing.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${seed}`;
  return { seed, fields: [...partsOf(all), { name: 'authorization', value: authorization }] };
}

function partsOf(headers: Readonly<Record<string, string>>): Part[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

function times({ now, region }: Signing): { date: string; timestamp: string; scope: string } {
  const timestamp = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const date = timestamp.slice(0, 8);
  return { date, timestamp, scope: `${date}/${region}/s3/aws4_request` };
}

function signingKeyOf({ secretAccessKey, region }: Signing, date: string): Buffer {
  return [date, region, 's3', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(secret: Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text, 'latin1').digest();
}

function sha256(text: string): string {
  const hash: Hash = createHash('sha256');
  return hash.update(text, 'latin1').digest('hex');
}
