import { createHmac } from 'node:crypto';
import { OPERATIONS } from '../../src/s3/operations.ts';
import type { Credentials } from '../../src/secret.ts';

/** The suite's clients speak the dialect of OBS, with its names, values and signature (`npm run test:adversary:obs`). */
export const IN_OBS = process.env['ADVERSARY_DIALECT'] === 'obs';

interface Asked {
  readonly method: string;
  /** As on the wire, in path style, with the query. */
  readonly target: string;
  /** With S3's names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What SDKs send for AWS alone: its body hashes and checksums, its date, what it says of itself. */
const OF_AWS_ALONE = /^x-amz-(?:content-sha256|date|(?:sdk-)?checksum-.+|te|user-agent)$/;
/** Names and values that differ by more than the prefix. */
const NAMES: Readonly<Record<string, string>> = {
  'x-amz-server-side-encryption-aws-kms-key-id': 'x-obs-server-side-encryption-kms-key-id',
};
const VALUES: Readonly<Record<string, string>> = { 'aws:kms': 'kms', STANDARD_IA: 'WARM', GLACIER: 'COLD' };

/** What OBS signs of a query, by lower-case name: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html */
const SIGNED: ReadonlySet<string> = new Set([
  ...`acl append attname backtosource bucketstatus cdnnotifyconfiguration cors customdomain delete deletebucket
  directcoldaccess dispolicy encryption fileinterface getcontentsummary ignore-sign-in-query inventory length lifecycle
  listcontentsummary location logging metadata mirrorbacktosource mirrorrefresh modify multilistcontentsummary name
  notification object-lock obsalias obsbucketalias obscompresspolicy obsworkflowtriggerpolicy partnumber policy
  policystatus position publicaccessblock quota readahead rename replication replication_progress requestpayment
  response-cache-control response-content-disposition response-content-encoding response-content-language
  response-content-type response-expires restore retention select select-type storageclass storageinfo storagepolicy
  symlink tagging torrent truncate uploadid uploads versionid versioning versions website x-image-process
  x-image-save-bucket x-image-save-object x-oss-process`.split(/\s+/),
  // What S3 alone has its SDKs don't know: without a signature of it nothing is refused for what it is.
  ...OPERATIONS.flatMap(({ query }) => query.map((condition) => condition.split('=')[0] as string))
    .map((name) => name.toLowerCase())
    .filter((name) => name !== 'id' && name !== 'list-type'),
]);

/** The header fields of the same request as an SDK of OBS sends it, `authorization` among them. */
export function signedInObs(
  { method, target, headers }: Asked,
  { accessKeyId, secretAccessKey }: Credentials,
  now: Date,
): Record<string, string> {
  const own: Record<string, string> = { date: now.toUTCString() };
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!OF_AWS_ALONE.test(name)) own[ownName(name)] = VALUES[value] ?? value;
  }
  const text = [
    method,
    own['content-md5']?.trim() ?? '',
    own['content-type']?.trim() ?? '',
    own['date'],
    ...Object.entries(own)
      .filter(([name]) => name.startsWith('x-obs-'))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}:${value.trim()}`),
    resourceOf(target),
  ].join('\n');
  const signature = createHmac('sha1', secretAccessKey.reveal()).update(text, 'latin1').digest('base64');
  return { ...own, authorization: `OBS ${accessKeyId}:${signature}` };
}

/** An answer to such a request, with S3's names. */
export function answeredInS3(head: string): string {
  return head.replace(/^x-obs-/gim, 'x-amz-');
}

function ownName(name: string): string {
  return NAMES[name] ?? name.replace(/^x-amz-/, 'x-obs-');
}

function resourceOf(target: string): string {
  const [path = '', query = ''] = target.split('?');
  const signed = query
    .split('&')
    .map((parameter) => parameter.split('=', 2))
    .filter(([name = '']) => isSigned(decoded(name).toLowerCase()))
    .map(([name = '', value = '']) => (value === '' ? decoded(name) : `${decoded(name)}=${decoded(value)}`))
    .toSorted();
  return signed.length === 0 ? path : `${path}?${signed.join('&')}`;
}

function isSigned(name: string): boolean {
  return SIGNED.has(name) || name.startsWith('x-obs-');
}

/** One character a byte. */
function decoded(text: string): string {
  return Buffer.from(decodeURIComponent(text.replaceAll('+', ' ')), 'utf8').toString('latin1');
}
