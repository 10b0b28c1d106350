import { createHash } from 'node:crypto';
import { presign, sign } from '../../../src/sigv4/sign.ts';
import type { Contestant } from '../stand/contestant.ts';
import { CREDENTIALS, REGION, ssecHeaders } from '../stand/ground.ts';

/** A request of a case, before it is signed, and the answer that it must get. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Encoded, with its query. */
  readonly path: string;
  readonly body?: Buffer;
  /** What `x-amz-content-sha256` says of the body. `unsigned` by default. */
  readonly payload?: 'sha256' | 'unsigned';
  readonly presigned?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** The bytes of a request for a contestant, signed by the client as of now. */
export function bytesOf(call: Call, { port, bare }: Contestant, now: Date): Buffer {
  const host = `127.0.0.1:${port}`;
  const { method, body } = call;
  const own = { ...call.headers, ...(bare && ssecHeaders()) };
  const length = method === 'PUT' ? { 'content-length': String(body?.length ?? 0) } : {};
  const by = { credentials: CREDENTIALS, region: REGION, now };
  if (call.presigned)
    return Buffer.from(headOf(method, presign({ method, path: call.path, host }, by), { host, ...own }));
  const headers = { host, 'x-amz-content-sha256': payloadOf(call), ...own };
  const signature = sign({ method, path: call.path, headers }, by);
  const head = headOf(method, call.path, { ...headers, ...length, ...signature });
  return Buffer.concat([Buffer.from(head), body ?? Buffer.of()]);
}

function payloadOf({ payload, method, body }: Call): string {
  const hashed = payload === 'sha256' || method !== 'PUT';
  return hashed
    ? createHash('sha256')
        .update(body ?? '')
        .digest('hex')
    : UNSIGNED;
}

function headOf(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
