import type { Answer } from '../call.ts';
import type { Dialect } from '../rules.ts';
import { ALGORITHMS, reversed, STORAGE_CLASSES } from './values.ts';

/** OBS answers no checksum of AWS's. */
const LEFT_OUT = /^x-amz-(?:checksum-|mp-parts-count)/;

/** Names that are not the other's with another prefix: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0023.html */
const NAMES: ReadonlyMap<string, string> = new Map([['x-amz-bucket-region', 'x-obs-bucket-location']]);

const VALUES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['x-amz-storage-class', reversed(STORAGE_CLASSES)],
  ['x-amz-server-side-encryption', reversed(ALGORITHMS)],
]);
const CLASSES = reversed(STORAGE_CLASSES);

const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const OBS_NAMESPACE = 'http://obs.myhuaweicloud.com/doc/2015-06-30/';

/** An answer in the words of the client's dialect. */
export function worded(answer: Answer, dialect: Dialect): Answer {
  const fields = Object.entries(answer.headers ?? {}).filter(([name]) => !LEFT_OUT.test(name.toLowerCase()));
  if (dialect === 's3') return { ...answer, headers: Object.fromEntries(fields) };
  const headers = Object.fromEntries(fields.map(([name, value]) => field(name, value)));
  return typeof answer.body === 'string'
    ? { ...answer, headers, body: documentOf(answer.body) }
    : { ...answer, headers };
}

function field(name: string, value: string): readonly [string, string] {
  const values = VALUES.get(name.toLowerCase());
  return [NAMES.get(name) ?? name.replace(/^x-amz-/i, 'x-obs-'), values?.get(value) ?? value];
}

/** The documents of lists have the same elements in both dialects. Nothing in them is a tag that a client wrote. */
function documentOf(xml: string): string {
  return xml
    .replace(S3_NAMESPACE, OBS_NAMESPACE)
    .replace(
      /<StorageClass>([A-Z_]+)<\/StorageClass>/g,
      (_, name: string) => `<StorageClass>${CLASSES.get(name) ?? name}</StorageClass>`,
    );
}
