import { createHash, createHmac } from 'node:crypto';

/** A signer of its own: what the stores are asked with is not what is tested. */
export interface ToSign {
  readonly method: string;
  /** As on the wire. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly payloadHash: string;
  /** `yyyymmddThhmmssZ`. */
  readonly timestamp: string;
}

export interface By {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface Signed {
  readonly signature: string;
  readonly signingKey: Buffer;
  readonly scope: string;
  readonly signedHeaders: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function signRequest(request: ToSign, { secretAccessKey, region }: By): Signed {
  const day = request.timestamp.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const names = Object.keys(request.headers).toSorted();
  const signedHeaders = names.join(';');
  const canonical = [
    request.method,
    strictly(Buffer.from(decoded(request.path), 'latin1'), true),
    queryText(request.query),
    ...names.map((name) => `${name}:${[request.headers[name] ?? ''].flat().join(',').trim()}`),
    '',
    signedHeaders,
    request.payloadHash,
  ].join('\n');
  let signingKey: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope.split('/')) signingKey = mac(signingKey, part);
  const toSign = ['AWS4-HMAC-SHA256', request.timestamp, scope, sha256(Buffer.from(canonical, 'latin1'))];
  return { signature: mac(signingKey, toSign.join('\n')).toString('hex'), signingKey, scope, signedHeaders };
}

export function queryText(query: ToSign['query']): string {
  const pairs = query.map(
    ([name, value]) => `${strictly(Buffer.from(name))}=${strictly(Buffer.from(value))}`,
  );
  return pairs.toSorted().join('&');
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Percent-encodes each byte that is not unreserved. */
export function strictly(bytes: Buffer, keepsSlash = false): string {
  return bytes
    .toString('latin1')
    .replace(/[^A-Za-z0-9._~/-]/g, (byte) => percent(byte))
    .replace(/\//g, (slash) => (keepsSlash ? slash : percent(slash)));
}

function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** One character a byte. */
function decoded(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
