import { S3Error } from './errors.ts';

/** A query parameter as far as its value matters. */
interface Valued {
  readonly name: string;
  readonly value: string;
}

/** Says what is wrong with a value; undefined when nothing is. */
type Check = (name: string, value: string) => string | undefined;

/**
 * Names that mean nothing without a value. Stores take an empty one for a parameter that is not there, and do something
 * else: Ceph takes `DELETE ?uploadId=` for a DeleteObject, and MinIO aborts every upload of the object key. Options of
 * lists and pure sub-resources (`acl`, `uploads`) may be empty: those have no other operation behind them, and stores
 * take no notice of what a sub-resource is set to.
 */
const CHECKS: Readonly<Record<string, Check>> = {
  annotationName: text,
  attname: text,
  id: identifier,
  'list-type': identifier,
  length: bytes,
  name: text,
  partNumber,
  position: bytes,
  'response-cache-control': text,
  'response-content-disposition': text,
  'response-content-encoding': text,
  'response-content-language': text,
  'response-content-type': text,
  'response-expires': text,
  'select-type': identifier,
  uploadId: identifier,
  versionId: identifier,
  'x-image-process': imageSteps,
};

/** @throws S3Error InvalidArgument for a parameter that needs a value and has none, or one that is none */
export function requireValue({ name, value }: Valued): void {
  const fault = faultOf({ name, value });
  if (fault === undefined) return;
  throw new S3Error('InvalidArgument', fault, { fields: { ArgumentName: name, ArgumentValue: value } });
}

/** What is wrong with the value of a parameter, in words for a client; undefined when nothing is. */
export function faultOf({ name, value }: Valued): string | undefined {
  return Object.hasOwn(CHECKS, name) ? CHECKS[name]?.(name, value) : undefined;
}

/** Is it an id that a store can only take for what it is? */
export function isIdentifier(value: string): boolean {
  return VISIBLE.test(value) && !FOLDER.test(value) && !readsAsFolder(value);
}

/** No store's ids have blanks or anything beyond ASCII, which some readers trim, or end a text at. */
const VISIBLE = /^[!-~]+$/;
/** Ids are names of folders at stores that keep their data in files: these would be the folder of all of them. */
const FOLDER = /(?:^|[\\/])\.{1,2}(?:[\\/]|$)/;

function identifier(name: string, value: string): string | undefined {
  if (value === '') return EMPTY[name] ?? `${name} needs a value.`;
  return isIdentifier(value) ? undefined : `The value of ${name} is not valid. Use it as the store gave it.`;
}

/** In S3's words, where they are known. */
const EMPTY: Readonly<Record<string, string>> = { versionId: 'Version id cannot be the empty string' };

/**
 * MinIO's upload ids are base64 of two names with a dot between them, the second of which is the folder of the upload:
 * without it, the id is that of all uploads of the object key.
 */
function readsAsFolder(value: string): boolean {
  const read = Buffer.from(value, 'base64url').toString('latin1');
  const dot = read.indexOf('.');
  if (dot < 0) return false;
  for (let i = 0; i < read.length; i += 1)
    if (read.charCodeAt(i) < 0x20 || read.charCodeAt(i) > 0x7e) return false;
  const folder = read.slice(dot + 1);
  return /^[ ./\\]*$/.test(folder) || FOLDER.test(folder);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html, and GetObject likewise. */
function partNumber(_name: string, value: string): string | undefined {
  const plain = /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 10_000;
  return plain ? undefined : 'Part number must be an integer between 1 and 10000, inclusive';
}

/** Of OBS: where in an object, or how long it is to be. */
function bytes(name: string, value: string): string | undefined {
  return /^(?:0|[1-9]\d{0,14})$/.test(value) ? undefined : `${name} must be a number of bytes.`;
}

/**
 * What OBS does with one picture and nothing else: a watermark may be another object, and a style may have one in it.
 * https://support.huaweicloud.com/intl/en-us/fg-obs/obs_01_0001.html
 */
const IMAGE_STEPS: ReadonlySet<string> = new Set(
  (
    'info average-hue resize crop circle indexcrop rounded-corners rotate auto-orient blur bright contrast sharpen ' +
    'format quality interlace imageslim'
  ).split(' '),
);

function imageSteps(name: string, value: string): string | undefined {
  const [kind, ...steps] = value.split('/');
  const known = steps.every((step) => IMAGE_STEPS.has(step.split(',')[0] as string));
  if (kind === 'image' && steps.length > 0 && known && /^[\w,/.-]{1,512}$/.test(value)) return undefined;
  return `The value of ${name} is not one of the steps that this proxy knows to read this one picture alone.`;
}

function text(name: string, value: string): string | undefined {
  if (value.trim() === '') return `${name} needs a value.`;
  return /\p{Cc}/u.test(value) ? `The value of ${name} has control characters.` : undefined;
}
