import { createHmac } from 'node:crypto';
import { parseQuery } from '../s3/query.ts';
import type { Credentials } from '../secret.ts';

/** A stand-in until the signer of the room is here. */
export function authorizationBy(
  {
    method,
    path,
    bucket,
    headers,
  }: {
    readonly method: string;
    readonly path: string;
    readonly bucket: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
  },
  { accessKeyId, secretAccessKey }: Credentials,
): string {
  const [rawPath = '', rawQuery = ''] = path.split('?', 2);
  const fields = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-obs-'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('');
  const parameters = parseQuery(rawQuery)
    .parameters.filter(({ name }) => SIGNED.test(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => (value === '' ? name : `${name}=${value}`))
    .join('&');
  const resource = `${bucket === undefined ? '' : `/${bucket}`}${rawPath}${parameters === '' ? '' : `?${parameters}`}`;
  const text = `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${headers['date'] ?? ''}\n${fields}${resource}`;
  const signature = createHmac('sha1', secretAccessKey.reveal()).update(text, 'latin1').digest('base64');
  return `OBS ${accessKeyId}:${signature}`;
}

const SIGNED =
  /^(?:acl|append|cors|delete|encryption|lifecycle|location|logging|metadata|object-lock|partNumber|policy|position|replication|requestPayment|response-.*|restore|retention|storageClass|tagging|uploadId|uploads|versionId|versioning|versions|website)$/;
