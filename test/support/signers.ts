import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import type { Credentials } from '../../src/secret.ts';

/** A request before it is signed: texts, not wire bytes; the path encoded, the query not. */
export interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** With `host` and `x-amz-content-sha256`. */
  readonly headers: Readonly<Record<string, string>>;
}

interface By {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
}

/** All header fields of the request, `authorization` among them, in lower case. */
export type Signer = (request: Unsigned, by: By) => Promise<Record<string, string>>;

/** The signer of the AWS SDK for JavaScript, set up as its S3 client does. */
export const sdkSigner: Signer = async ({ method, path, query, headers }, { credentials, region, now }) => {
  const signer = new SignatureV4({
    service: 's3',
    region,
    uriEscapePath: false,
    sha256: Sha256,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
    },
  });
  const request = { method, protocol: 'https:', hostname: 'unused.test', path, query: { ...query } };
  const signed = await signer.sign({ ...request, headers: { ...headers } }, { signingDate: now });
  return lowerCase(signed.headers);
};

export const aws4Signer: Signer = async ({ method, path, query, headers }, { credentials, region, now }) => {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const date = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const signed = aws4.sign(
    {
      method,
      path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
      service: 's3',
      region,
      headers: { ...headers, 'x-amz-date': date },
    },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
  );
  return lowerCase(signed.headers as Record<string, string>);
};

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** SHA-256, or HMAC-SHA256 when it is given a secret, in the shape that the SDK's signer takes. */
export class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('not needed');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
