import { createHash } from 'node:crypto';
import { S3Error } from '../../../s3/errors.ts';
import { readAttributes } from '../../attributes.ts';
import { type Received, receiveBody } from '../../body.ts';
import { type Answer, bucketName, type Call, headerOf, objectKeyOf } from '../../call.ts';
import { allowedKey, managedOf } from '../../ops/encryption.ts';
import { versionHeader } from '../../ops/write.ts';
import { type CustomerKey, echo, echoManaged, unlock } from '../../ssec.ts';
import type { Bucket } from '../../store/buckets.ts';
import { sealWith } from '../../store/cipher.ts';
import { commitVersion, updateVersion } from '../../store/commit.ts';
import type { ObjectVersion } from '../../store/model.ts';
import { obsError } from '../errors.ts';
import { withOwnHeaders } from './objects.ts';

const MAX_APPENDS = 10_000;
/** Classes whose objects can't be appended to. */
const COLD = ['GLACIER', 'DEEP_ARCHIVE'];

/**
 * Every rule from https://support.huaweicloud.com/api-obs/obs_04_0088.html: a new object at position 0, which every later
 * append makes longer; the key of a customer with each of them.
 */
export async function appendObject(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const key = allowedKey(call);
  const position = positionOf(call);
  const before = appendable(bucket, objectKeyOf(call), position);
  const attributes = readAttributes(before === undefined ? withOwnHeaders(call) : call);
  const storageClass = attributes.headers['x-amz-storage-class'] ?? before?.headers['x-amz-storage-class'];
  if (storageClass !== undefined && COLD.includes(storageClass))
    throw notAppendable('The object is in a cold class.');
  if (before !== undefined) checkLater(call, before, key);
  const received = await receiveBody(call, key?.ssecKey);
  await received.staged.commit();
  const version =
    before === undefined
      ? await first(call, bucket, received, { key, attributes })
      : await later(call, bucket, received, { position });
  return {
    headers: {
      // "of the data appended by this request, not of the object"
      ETag: `"${received.etag}"`,
      'x-obs-next-append-position': String(version.size),
      ...echo(key),
      ...echoManaged(version.managed),
      ...versionHeader(version),
    },
  };
}

function positionOf(call: Call): number {
  const text = call.target.query.get('position') ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new S3Error('InvalidArgument', 'The position of an append is a number of bytes.', {
    fields: { ArgumentName: 'position', ArgumentValue: text },
  });
}

/** The object that the request appends to; undefined for a new one. Looked at again when the body is there. */
function appendable(bucket: Bucket, objectKey: string, position: number): ObjectVersion | undefined {
  const current = bucket.versions.find(objectKey);
  const there = current?.kind === 'object' ? current : undefined;
  if (there !== undefined && there.appends === undefined)
    throw notAppendable('The object was not made by an append.');
  if ((there?.size ?? 0) !== position)
    throw obsError('PositionNotEqualToLength', 'The position is not the length of the object.', {
      ObjectLength: String(there?.size ?? 0),
    });
  if ((there?.appends ?? 0) >= MAX_APPENDS)
    throw notAppendable(`The object was appended to ${MAX_APPENDS} times.`);
  return there;
}

/** Attributes are given with the first append. With a later one they would be lost, so they are an error here. */
function checkLater(call: Call, before: ObjectVersion, key: CustomerKey | undefined): void {
  unlock(before.seal, key, call.rules);
  const given = Object.keys(call.headers).find((name) =>
    /^x-amz-(?:meta-.*|acl|storage-class|tagging|server-side-encryption)$|^x-obs-(?:expires|persistent-headers)$/s.test(
      name,
    ),
  );
  if (given === undefined || headerOf(call, given) === undefined) return;
  throw new S3Error('InvalidRequest', `${given} belongs to the first append of an object.`, {
    fields: { ArgumentName: given },
  });
}

async function first(
  call: Call,
  bucket: Bucket,
  { staged, etag }: Received,
  { key, attributes }: { key: CustomerKey | undefined; attributes: ReturnType<typeof readAttributes> },
): Promise<ObjectVersion> {
  const objectKey = objectKeyOf(call);
  return await commitVersion(
    call.data,
    bucket,
    {
      objectKey,
      modified: call.now,
      etag,
      size: staged.file.size,
      files: [staged.file],
      multipart: false,
      checksum: undefined,
      seal: key && sealWith(key.ssecKey),
      managed: managedOf(call, key),
      appends: 1,
      ...attributes,
    },
    () => {
      if (appendable(bucket, objectKey, 0) !== undefined) throw moved();
    },
  );
}

/** Of two appends at once one comes too late, and has changed nothing. The version stays the same one. */
async function later(
  call: Call,
  bucket: Bucket,
  { staged, etag }: Received,
  { position }: { position: number },
): Promise<ObjectVersion> {
  let version: ObjectVersion;
  try {
    const current = appendable(bucket, objectKeyOf(call), position);
    if (current === undefined) throw moved();
    version = {
      ...current,
      modified: call.now,
      etag: grownEtag(current, etag),
      size: current.size + staged.file.size,
      files: [...current.files, staged.file],
      appends: (current.appends ?? 0) + 1,
    };
    bucket.versions.replace(version);
  } catch (cause) {
    await call.data.remove([staged.file.id]);
    throw cause;
  }
  await updateVersion(call.data, bucket, version);
  return version;
}

/** Of the object no page says; it is another with every append here. */
function grownEtag({ etag }: ObjectVersion, added: string): string {
  return createHash('md5').update(`${etag}${added}`).digest('hex');
}

function notAppendable(why: string): Error {
  return obsError('ObjectNotAppendable', why);
}

function moved(): Error {
  return obsError('PositionNotEqualToLength', 'The object was changed meanwhile.');
}
