import { S3Error } from '../../s3/errors.ts';
import { readAttributes } from '../attributes.ts';
import { type Answer, bucketName, type Call, headerOf, objectKeyOf } from '../call.ts';
import { checkWrite } from '../conditions.ts';
import { type CustomerKey, echo, echoManaged } from '../ssec.ts';
import { sealWith } from '../store/cipher.ts';
import { commitVersion } from '../store/commit.ts';
import type { Attributes, Checksum } from '../store/model.ts';
import { documentOf, type Element } from '../xml.ts';
import { allowedKey, managedOf } from './encryption.ts';
import { copyBody, copySource, type Source } from './source.ts';
import { versionHeader } from './write.ts';

/** Without SSE-C headers of its own the copy is unencrypted: it never inherits the source's encryption. */
export async function copyObject(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  const key = allowedKey(call);
  const managed = managedOf(call, key);
  const source = copySource(call);
  refusePointless(call, source, key);
  const attributes = attributesOfCopy(call, source);
  const { staged, etag, checksum } = await copyBody(
    call,
    source,
    { start: 0, end: source.version.size },
    { ssecKey: key?.ssecKey, algorithm: wantedChecksum(call) ?? source.version.checksum?.algorithm },
  );
  await staged.commit();
  const version = await commitVersion(
    call.data,
    bucket,
    {
      objectKey,
      modified: call.now,
      etag,
      size: staged.file.size,
      files: [staged.file],
      multipart: false,
      checksum,
      seal: key && sealWith(key.ssecKey),
      managed,
      ...attributes,
    },
    (current) => checkWrite(call, current),
  );
  return {
    headers: {
      ...echo(key),
      ...echoManaged(managed),
      ...versionHeader(version),
      ...sourceVersionHeader(source),
    },
    body: documentOf('CopyObjectResult', copyResult(version.etag, call.now, checksum)),
  };
}

export function copyResult(etag: string, modified: Date, checksum: Checksum | undefined): Element[] {
  const elements: Element[] = [
    ['LastModified', modified.toISOString()],
    ['ETag', `"${etag}"`],
  ];
  if (checksum) elements.push([`Checksum${checksum.algorithm}`, checksum.value]);
  return elements;
}

export function sourceVersionHeader({ version }: Source): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-copy-source-version-id': version.versionId };
}

function attributesOfCopy(call: Call, { version }: Source): Attributes {
  const requested = readAttributes(call);
  const storageClass = 'x-amz-storage-class';
  const { [storageClass]: _old, ...kept } = version.headers;
  const { [storageClass]: wanted } = requested.headers;
  return {
    headers:
      directive(call, 'x-amz-metadata-directive') === 'REPLACE'
        ? requested.headers
        : { ...withoutHeld(kept), ...(wanted === undefined ? {} : { [storageClass]: wanted }) },
    tags: directive(call, 'x-amz-tagging-directive') === 'REPLACE' ? requested.tags : version.tags,
  };
}

/** What stands under a name that no client can send stays with the source. */
function withoutHeld(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.includes('\u0000')));
}

function directive(call: Call, name: string): 'COPY' | 'REPLACE' {
  const value = headerOf(call, name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw new S3Error('InvalidArgument', `Unknown ${name.slice('x-amz-'.length).replace('-', ' ')}.`, {
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

/** A copy onto itself must change something; new encryption is a change, which is how keys are rotated. */
function refusePointless(call: Call, source: Source, key: CustomerKey | undefined): void {
  const onItself = source.bucket === bucketName(call) && source.version.objectKey === objectKeyOf(call);
  const changes =
    source.pinned ||
    key !== undefined ||
    source.version.seal !== undefined ||
    headerOf(call, 'x-amz-storage-class') !== undefined ||
    directive(call, 'x-amz-metadata-directive') === 'REPLACE';
  if (!onItself || changes) return;
  throw new S3Error(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

function wantedChecksum(call: Call): string | undefined {
  return headerOf(call, 'x-amz-checksum-algorithm')?.toUpperCase();
}
