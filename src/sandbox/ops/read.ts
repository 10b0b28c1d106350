import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Error } from '../../s3/errors.ts';
import { checksumHeaders, describe } from '../attributes.ts';
import { type Answer, bucketName, type Call, headerOf, integerOf, objectKeyOf } from '../call.ts';
import { checkRead, rangeCounts } from '../conditions.ts';
import { parseRange, type Span } from '../range.ts';
import { echo, readKey, refuseManaged, unlock } from '../ssec.ts';
import type { ObjectVersion } from '../store/model.ts';
import { documentOf, type Element } from '../xml.ts';
import { findObject } from './find.ts';

/** Query parameters that replace a header of the response: `response-content-type` and the like. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export function getObject(call: Call): Answer {
  const { version, ssecKey, status, headers, span } = prepareRead(call);
  const body = call.data.read(version.files, ssecKey, span.start, span.end);
  if (headerOf(call, 'x-amz-te') !== 'append-md5') return { status, headers, body };
  const length = {
    'Content-Length': String(span.end - span.start + 16),
    'x-amz-transfer-encoding': 'append-md5',
  };
  return {
    status,
    headers: { ...headers, ...length },
    body: Readable.from(withMd5(body), { objectMode: false }),
  };
}

/**
 * The AWS SDKs for Java and Go from before 2022 ask for the MD5 of the body, 16 bytes, appended to the body. The response
 * of S3 for an SSE-C object is not documented; the sandbox sends the MD5 of the plaintext, the only one they check.
 */
async function* withMd5(body: Readable): AsyncGenerator<Buffer> {
  const md5 = createHash('md5');
  for await (const chunk of body as AsyncIterable<Buffer>) {
    md5.update(chunk);
    yield chunk;
  }
  yield md5.digest();
}

export function headObject(call: Call): Answer {
  const { status, headers } = prepareRead(call);
  return { status, headers };
}

export function getObjectAttributes(call: Call): Answer {
  const version = requested(call);
  unlock(version.seal, readKey(call.headers, call.secure), call.rules);
  const wanted = new Set((headerOf(call, 'x-amz-object-attributes') ?? '').split(/[\s,]+/));
  const { checksum } = version;
  const elements: (Element | undefined)[] = [
    ['ETag', version.etag],
    checksum && [
      'Checksum',
      [
        [`Checksum${checksum.algorithm}`, checksum.value],
        ['ChecksumType', checksum.type],
      ],
    ],
    version.multipart ? ['ObjectParts', [['PartsCount', version.files.length]]] : undefined,
    ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ['ObjectSize', version.size],
  ];
  return {
    headers: {
      'Last-Modified': version.modified.toUTCString(),
      ...(version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId }),
    },
    body: documentOf(
      'GetObjectAttributesResponse',
      elements.filter((element) => element !== undefined && wanted.has(element[0])),
    ),
  };
}

interface Read {
  readonly version: ObjectVersion;
  readonly ssecKey: Buffer | undefined;
  readonly status: 200 | 206;
  readonly headers: Record<string, string>;
  readonly span: Span;
}

function prepareRead(call: Call): Read {
  const version = requested(call);
  refuseManaged(call.headers);
  const key = readKey(call.headers, call.secure);
  const ssecKey = unlock(version.seal, key, call.rules);
  checkRead(call, version);
  const range = rangeCounts(call, version) ? headerOf(call, 'range') : undefined;
  const span = partSpan(call, version) ?? parseRange(range, version.size);
  const { start, end } = span ?? { start: 0, end: version.size };
  const headers: Record<string, string> = {
    ...describe(version),
    ...echo(key),
    ...overrides(call),
    'Content-Length': String(end - start),
  };
  if (call.target.query.has('partNumber') && version.multipart) {
    headers['x-amz-mp-parts-count'] = String(version.files.length);
  }
  if (span) headers['Content-Range'] = `bytes ${start}-${end - 1}/${version.size}`;
  // A checksum of the whole object is useless for a part of it.
  else if (call.headers['x-amz-checksum-mode'] === 'ENABLED') {
    Object.assign(headers, checksumHeaders(version.checksum));
  }
  return { version, ssecKey, status: span ? 206 : 200, headers, span: { start, end } };
}

function requested(call: Call): ObjectVersion {
  const bucket = call.buckets.get(bucketName(call));
  return findObject(bucket, objectKeyOf(call), call.target.query.get('versionId'));
}

function partSpan(call: Call, version: ObjectVersion): Span | undefined {
  if (!call.target.query.has('partNumber')) return undefined;
  if (call.headers.range !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const number = integerOf(call, 'partNumber', { least: 1, most: 10_000, fallback: 1 });
  const file = version.files[number - 1];
  if (file === undefined) {
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      fields: { PartNumberRequested: String(number), ActualPartCount: String(version.files.length) },
    });
  }
  const start = version.files.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return file.size === 0 ? undefined : { start, end: start + file.size };
}

function overrides(call: Call): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = call.target.query.get(`response-${name}`);
    if (value !== undefined) found[name] = headerValue(`response-${name}`, value);
  }
  return found;
}

/** @throws S3Error InvalidArgument for what no header of Latin-1 can hold */
function headerValue(parameter: string, text: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw new S3Error('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.', {
    fields: { ArgumentName: parameter, ArgumentValue: text },
  });
}
