import { createHash } from 'node:crypto';
import { presign, sign } from '../../../src/sigv4/sign.ts';
import type { Contestant } from '../stand/contestant.ts';
import { CREDENTIALS, REGION, ssecHeaders } from '../stand/ground.ts';
import { signedChunks, signedLength, unsignedChunks } from './chunks.ts';

/** A request of a case, before it is signed. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Encoded, with its query. */
  readonly path: string;
  readonly body?: Buffer;
  /** How the body is sent, and what `x-amz-content-sha256` says of it. `unsigned` by default. */
  readonly payload?: 'unsigned' | 'sha256' | 'unsigned chunks' | 'signed chunks';
  readonly presigned?: true;
}

type Headers = Readonly<Record<string, string>>;

/** What a request has for its body, and the headers that say so. */
interface Framed {
  readonly headers: Headers;
  readonly body: (signature: { readonly authorization: string; readonly 'x-amz-date': string }) => Buffer;
}

/** The bytes of a request for a contestant, signed by the client as of now. */
export async function bytesOf(call: Call, { port, bare }: Contestant, now: Date): Promise<Buffer> {
  const { method, path, presigned, body: plain = Buffer.of() } = call;
  const host = `127.0.0.1:${port}`;
  const own = bare ? ssecHeaders() : {};
  const by = { credentials: CREDENTIALS, region: REGION, now };
  if (presigned) return Buffer.from(headOf(method, presign({ method, path, host }, by), { host, ...own }));
  const { headers, body } = await FRAMINGS[method === 'PUT' ? (call.payload ?? 'unsigned') : 'sha256'](plain);
  const signed = { host, ...own, ...headers };
  const signature = sign({ method, path, headers: signed }, by);
  const sent = body(signature);
  const length: Headers = method === 'PUT' ? { 'content-length': String(sent.length) } : {};
  return Buffer.concat([Buffer.from(headOf(method, path, { ...signed, ...length, ...signature })), sent]);
}

const FRAMINGS: Readonly<Record<NonNullable<Call['payload']>, (body: Buffer) => Framed | Promise<Framed>>> = {
  unsigned: (body) => ({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: () => body }),
  sha256: (body) => ({
    headers: { 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
    body: () => body,
  }),
  'unsigned chunks': async (body) => {
    const framed = await unsignedChunks(body);
    return {
      headers: {
        ...chunkHeaders(body, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
        'x-amz-trailer': 'x-amz-checksum-crc64nvme',
      },
      body: () => framed,
    };
  },
  'signed chunks': (body) => ({
    headers: {
      ...chunkHeaders(body, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
      'content-length': String(signedLength(body)),
    },
    body: ({ authorization, 'x-amz-date': date }) => signedChunks(body, authorization.slice(-64), date),
  }),
};

function chunkHeaders(body: Buffer, payload: string): Headers {
  return {
    'x-amz-content-sha256': payload,
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(body.length),
  };
}

function headOf(method: string, path: string, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
