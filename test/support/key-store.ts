import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import type { SseKey } from '../../src/keys/key.ts';
import { httpStore } from '../e2e/wire.ts';

/** What the store has: an object under a key, one in plain, none, a refusal of another kind, or an answer for another key. */
export type Stored = SseKey | 'plain' | 'missing' | 'forbidden' | 'liar';

/** How a store speaks of keys: S3 refuses a needless one, Ceph serves the object all the same. */
export type Manner = 'aws' | 'ceph' | 'garage' | 'minio' | 'obs';

const WRONG: Readonly<Record<Manner, readonly [number, string, string]>> = {
  aws: [
    403,
    'AccessDenied',
    'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
  ],
  ceph: [
    400,
    'InvalidArgument',
    'The calculated MD5 hash of the key did not match the hash that was provided.',
  ],
  garage: [400, 'InvalidRequest', 'Bad request: Invalid encryption key, could not decrypt object metadata.'],
  minio: [403, 'AccessDenied', 'Access Denied.'],
  obs: [400, 'InvalidEncryptionAlgorithmError', 'The encryption request you specified is not valid.'],
};

const S3_NEEDLESS = [
  400,
  'InvalidRequest',
  'The encryption parameters are not applicable to this object.',
] as const;
/** Undefined where a plain object is served whatever key comes. */
const NEEDLESS: Readonly<Record<Manner, readonly [number, string, string] | undefined>> = {
  aws: S3_NEEDLESS,
  ceph: undefined,
  garage: [400, 'InvalidRequest', 'Bad request: Trying to decrypt a plaintext object'],
  minio: S3_NEEDLESS,
  obs: [400, 'InvalidEncryptionAlgorithmError', 'The encryption request you specified is not valid.'],
};
const KEYLESS = [
  400,
  'InvalidRequest',
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
] as const;

const MD5 = 'customer-key-md5';
const NAMES = {
  target: `x-amz-server-side-encryption-${MD5}`,
  source: `x-amz-copy-source-server-side-encryption-${MD5}`,
} as const;

/** One request as it came: method, path, the key's MD5 and the range. */
export interface Came {
  readonly method: string;
  readonly url: string;
  readonly md5: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** A store with one object, over HTTP. `stored` is asked anew for each request. */
export async function keyStore(
  t: Test,
  stored: (came: number) => Stored,
  manner: Manner = 'aws',
): Promise<{ readonly port: number; readonly came: readonly Came[] }> {
  const came: Came[] = [];
  const { port } = await httpStore(t, (request, response) => {
    const { method = '', url = '', headers } = request;
    const copies = headers['x-amz-copy-source'] !== undefined;
    const md5 = headers[copies ? NAMES.source : NAMES.target];
    const key = typeof md5 === 'string' ? md5 : undefined;
    came.push({ method, url, md5: key, headers });
    if (!copies) for (const name of ['algorithm', 'key-md5']) response.removeHeader(ECHO + name);
    request.resume().once('end', () => answer(response, stored(came.length), key, manner, headers.range));
  });
  return { port, came };
}

const ECHO = 'x-amz-server-side-encryption-customer-';
const MISSING = [404, 'NoSuchKey', 'The specified key does not exist.'] as const;
const FORBIDDEN = [403, 'AccessDenied', 'Access Denied'] as const;

function answer(
  response: ServerResponse,
  stored: Stored,
  md5: string | undefined,
  manner: Manner,
  range: string | undefined,
): void {
  const refusal = refusalOf(stored, md5, manner);
  if (refusal) {
    const [status, code, message] = refusal;
    const xml = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'content-length': xml.length }).end(xml);
    return;
  }
  if (stored !== 'plain') {
    const echoed = stored === 'liar' ? 'AAAAAAAAAAAAAAAAAAAAAA==' : String(md5);
    response.setHeader(`${ECHO}algorithm`, 'AES256').setHeader(`${ECHO}key-md5`, echoed);
  }
  const body = range === 'bytes=0-0' ? 'c' : 'content';
  response.writeHead(range === undefined ? 200 : 206, { 'content-length': body.length }).end(body);
}

function refusalOf(
  stored: Stored,
  md5: string | undefined,
  manner: Manner,
): readonly [number, string, string] | undefined {
  if (stored === 'liar') return undefined;
  if (stored === 'missing') return MISSING;
  if (stored === 'forbidden') return FORBIDDEN;
  if (stored === 'plain') return md5 === undefined ? undefined : NEEDLESS[manner];
  if (md5 === undefined) return KEYLESS;
  return md5 === stored.md5 ? undefined : WRONG[manner];
}
