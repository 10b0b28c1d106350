import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../s3/errors.ts';
import type { Rules } from './rules.ts';
import { opens } from './store/cipher.ts';
import type { Seal, Upload } from './store/model.ts';

/** A customer's key from a request. It lives as long as the request and never reaches the disk. */
export interface CustomerKey {
  readonly ssecKey: Buffer;
  /** base64, as in the echo. */
  readonly md5: string;
}

const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';
const COPY_SSEC_PREFIX = 'x-amz-copy-source-server-side-encryption-customer-';
const MANAGED = 'x-amz-server-side-encryption';
/** Requests a managed encryption; MinIO refuses it together with a customer's key. */
const MANAGED_DETAILS = [`${MANAGED}-aws-kms-key-id`, `${MANAGED}-context`];

const MUST = 'Requests specifying Server Side Encryption with Customer provided keys must';

/** The SSE-C headers of a read. `secure`: whether the request may carry a key at all. */
export function readKey(headers: IncomingHttpHeaders, secure: boolean): CustomerKey | undefined {
  return keyOf(headers, SSEC_PREFIX, secure);
}

/** @throws S3Error InvalidRequest: for a header of a managed encryption */
export function refuseManaged(headers: IncomingHttpHeaders): void {
  if (header(headers, MANAGED) === undefined) return;
  throw new S3Error('InvalidRequest', `The header ${MANAGED} must not be sent with a read.`);
}

/** The SSE-C headers for the source of a copy. */
export function copySourceKey(headers: IncomingHttpHeaders, secure: boolean): CustomerKey | undefined {
  return keyOf(headers, COPY_SSEC_PREFIX, secure);
}

/** The SSE-C headers of a write, which may not be combined with another kind of encryption. */
export function writeKey(
  headers: IncomingHttpHeaders,
  secure: boolean,
  rules: Pick<Rules, 'managed'>,
): CustomerKey | undefined {
  const managed = [MANAGED, ...MANAGED_DETAILS].map((name) => header(headers, name)).find(Boolean);
  const key = keyOf(headers, SSEC_PREFIX, secure, managed);
  if (key === undefined && managed !== undefined && !rules.managed) {
    throw new S3Error('NotImplemented', 'This sandbox encrypts with customer-provided keys (SSE-C) only');
  }
  return key;
}

/** Which key decrypts a stored object. @throws Refused as the store does for a missing, wrong or needless key. */
export function unlock(
  seal: Seal | undefined,
  key: CustomerKey | undefined,
  { unfitKey }: Rules,
): Buffer | undefined {
  if (seal === undefined) {
    if (key === undefined) return undefined;
    throw unfitKey('needless');
  }
  if (key === undefined) throw unfitKey('missing');
  if (opens(seal, key.ssecKey)) return key.ssecKey;
  throw unfitKey('wrong');
}

/** The key of an upload is fixed when it is created; every part must have the same key. */
export function unlockUpload({ seal }: Upload, key: CustomerKey | undefined, { unfitKey }: Rules): void {
  if ((seal === undefined) !== (key === undefined)) throw unfitKey('of-a-part-unlike');
  if (seal !== undefined && key !== undefined && !opens(seal, key.ssecKey)) throw unfitKey('of-a-part-other');
}

/** CompleteMultipartUpload and ListParts may leave the key out, but a key that they send must be right. */
export function unlockIfGiven(upload: Upload, key: CustomerKey | undefined, rules: Rules): void {
  if (key !== undefined) unlockUpload(upload, key, rules);
}

/** The response header of what the store encrypts with a key of its own. */
export function echoManaged(managed: string | undefined): Record<string, string> {
  return managed === undefined ? {} : { [MANAGED]: managed };
}

/** The response headers that tell a client which key was used. */
export function echo(key: CustomerKey | undefined): Record<string, string> {
  return key === undefined
    ? {}
    : { [`${SSEC_PREFIX}algorithm`]: 'AES256', [`${SSEC_PREFIX}key-MD5`]: key.md5 };
}

function keyOf(
  headers: IncomingHttpHeaders,
  prefix: string,
  secure: boolean,
  managed?: string,
): CustomerKey | undefined {
  const algorithm = header(headers, `${prefix}algorithm`);
  const key = header(headers, `${prefix}key`);
  const md5 = header(headers, `${prefix}key-md5`);
  if (areEmpty([algorithm, key, md5])) return undefined;
  if (!secure) throw new S3Error('InvalidRequest', `${MUST} be made over a secure connection.`);
  if (managed !== undefined) {
    throw invalid(
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      managed,
    );
  }
  if (algorithm === undefined || algorithm === '')
    throw invalid(`${MUST} provide a valid encryption algorithm.`);
  if (key === undefined) throw invalid(`${MUST} provide an appropriate secret key.`);
  if (algorithm !== 'AES256') throw unknownAlgorithm(algorithm);
  const ssecKey = Buffer.from(key, 'base64');
  if (ssecKey.length !== 32 || ssecKey.toString('base64') !== key)
    throw invalid('The secret key was invalid for the specified algorithm.');
  if (md5 === undefined) throw invalid(`${MUST} provide the client calculated MD5 of the secret key.`);
  if (createHash('md5').update(ssecKey).digest('base64') !== md5) {
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.');
  }
  return { ssecKey, md5 };
}

/** With all three of them empty there is no key, as at Ceph. */
function areEmpty(values: readonly (string | undefined)[]): boolean {
  return values.every((value) => value === undefined || value === '');
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function invalid(message: string, value = 'null'): S3Error {
  return new S3Error('InvalidArgument', message, { fields: { ArgumentName: MANAGED, ArgumentValue: value } });
}

function unknownAlgorithm(algorithm: string): S3Error {
  return new S3Error(
    'InvalidEncryptionAlgorithmError',
    'The Encryption request you specified is not valid. Supported value: AES256.',
    { fields: { ArgumentName: MANAGED, ArgumentValue: algorithm } },
  );
}
