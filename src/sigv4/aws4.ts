import type * as Aws4 from 'aws4';
import { ODD } from '../s3/canonical-value.ts';
import type { SignBy, ToSign } from './to-sign.ts';

let loaded: Pick<typeof Aws4, 'sign'> | undefined;

/** Needed once before `signer: aws4`: a config that does not name it, starts without it. */
export async function loadAws4(): Promise<void> {
  loaded ??= (await import('aws4')).default;
}

/**
 * The Authorization header as aws4 makes it; undefined for a request that it would sign in a way of its own. Only this
 * file loads aws4, and it avoids these traps:
 * - it keeps an inbound `x-amz-date`: the date is always set here;
 * - it hashes header values as UTF-8 text and folds whatever Unicode calls white space, while they are bytes on the wire:
 *   a value whose canonical form differs between stores is not for it;
 * - it guesses region and service from the host: both are always given;
 * - it rewrites `path` and adds headers to its argument: it gets a copy, and only the signature is used.
 */
export function authorizationByAws4(
  { method, path, headers, covers = () => true }: ToSign,
  { credentials, region }: SignBy,
  timestamp: string,
): string | undefined {
  const covered = Object.entries(headers).filter(([name]) => covers(name));
  if (covered.some(([, value]) => ODD.test(value))) return undefined;
  if (loaded === undefined) throw new TypeError('aws4 was not loaded');
  const signed = loaded.sign(
    {
      method,
      path,
      service: 's3',
      region,
      headers: { ...Object.fromEntries(covered), 'x-amz-date': timestamp },
    },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
  );
  return String(signed.headers?.Authorization);
}
