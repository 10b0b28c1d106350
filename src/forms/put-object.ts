import { type Dialect, S3 } from '../dialects/dialect.ts';
import { ownName } from '../dialects/names.ts';
import { readDocument } from '../s3/document.ts';
import { S3Error } from '../s3/errors.ts';
import { headerValue } from '../s3/field.ts';
import { encodeComponent, encodePath } from '../s3/percent.ts';
import { OTHER_VENDORS } from '../s3/request-headers.ts';
import { parseTarget, requireShortKey, type Target } from '../s3/target.ts';
import { type Fields, requiredField } from './fields.ts';
import type { FormHead } from './form-decoder.ts';

/** Fields that are headers of a PutObject, under the header's name. */
const HEADERS: Readonly<Record<string, string>> = {
  acl: 'x-amz-acl',
  'cache-control': 'cache-control',
  'content-disposition': 'content-disposition',
  'content-encoding': 'content-encoding',
  'content-language': 'content-language',
  'content-md5': 'content-md5',
  'content-type': 'content-type',
  expires: 'expires',
};
/** `x-amz-*` fields that are sent on under their own name. Any other is refused: `x-amz-copy-source` would change the request. */
const AMZ_HEADER =
  /^x-amz-(?:meta-.+|checksum-.+|sdk-checksum-algorithm|server-side-encryption(?:-.+)?|storage-class|object-lock-.+|website-redirect-location|grant-.+|tagging|expected-bucket-owner|request-payer)$/;
/** `x-amz-*` fields of the signature. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set(
  'algorithm credential date signature security-token'.split(' ').map((name) => `x-amz-${name}`),
);
// biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the form.
const FILENAME = '${filename}';

/**
 * The fields with `${filename}` replaced by the name of the file. "If the browser or client provides a full or
 * partial path to the file, only the text following the last slash (/) or backslash (\) will be used."
 *
 * @throws S3Error InvalidArgument without an object key, KeyTooLongError
 */
export function withFilename({ fields, filename }: FormHead): Fields {
  const objectKey = requiredField(fields, 'key');
  const base = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
  const pieces = objectKey.split(FILENAME);
  // Before it is put in: as often as it may stand there, it would make a key of many megabytes.
  if (pieces.length > 1) {
    const most = Buffer.byteLength(base) * (pieces.length - 1);
    requireShortKey(Buffer.byteLength(objectKey) - FILENAME.length * (pieces.length - 1) + most);
  }
  return new Map(fields).set('key', pieces.join(base));
}

/**
 * The target of a form's file.
 * @throws S3Error KeyTooLongError, InvalidURI, InvalidArgument
 */
export function putTarget(bucket: string, fields: Fields): Target {
  return parseTarget(`/${bucket}/${encodePath(requiredField(fields, 'key'))}`, undefined, []);
}

/**
 * The headers of the PutObject of a form; names in lower case, values with one character per byte.
 * @throws S3Error BadRequest, InvalidArgument, MalformedXML
 */
export function putHeaders(fields: Fields, dialect: Dialect = S3): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const set = (header: string, field: string, value: string): void => {
    if (Object.hasOwn(headers, header)) throw unfit(field, dialect);
    headers[header] = headerValue(header, value, 'form field');
  };
  for (const [field, value] of fields) {
    const header = Object.hasOwn(HEADERS, field) ? HEADERS[field] : undefined;
    if (header !== undefined) set(header, field, value);
    else if (field === 'tagging') set('x-amz-tagging', field, tagsOf(value));
    else if (AMZ_HEADER.test(field) || field === 'x-amz-acl' || ofAnotherVendor(field))
      set(field, field, value);
    else if (field.startsWith('x-amz-') && !OF_THE_SIGNATURE.has(field)) throw unfit(field, dialect);
  }
  return headers;
}

/** As a header it is refused, or stays behind as harmless: the same is said of a field. */
function ofAnotherVendor(field: string): boolean {
  return OTHER_VENDORS.test(field.replaceAll('_', '-'));
}

/** `<Tagging><TagSet><Tag>…` in the form of the header: `name=value&…` */
function tagsOf(xml: string): string {
  const tags = readDocument(xml, 'Tagging')
    .all('TagSet')
    .flatMap((set) => set.all('Tag'));
  return tags
    .map((tag) => `${encodeComponent(tag.text('Key') ?? '')}=${encodeComponent(tag.text('Value') ?? '')}`)
    .join('&');
}

/** @param field by its internal name; the client hears its own. */
function unfit(field: string, dialect: Dialect): S3Error {
  const name = ownName(field, dialect);
  return new S3Error('InvalidArgument', `The field ${name} cannot be sent on with an object.`, {
    fields: { ArgumentName: name },
  });
}
