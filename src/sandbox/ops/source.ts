import { createHash } from 'node:crypto';
import { S3Error } from '../../s3/errors.ts';
import { parseCopySource } from '../../s3/target.ts';
import type { Received } from '../body.ts';
import { type Call, headerOf } from '../call.ts';
import { checkCopySource } from '../conditions.ts';
import { etagMaker } from '../etag.ts';
import { checksumKind } from '../integrity.ts';
import type { Span } from '../range.ts';
import { copySourceKey, unlock } from '../ssec.ts';
import { meterWith } from '../store/digests.ts';
import type { ObjectVersion } from '../store/model.ts';
import { findObject } from './find.ts';

/** The source of a CopyObject or UploadPartCopy, with the key that opens it. */
export interface Source {
  readonly bucket: string;
  readonly version: ObjectVersion;
  readonly ssecKey: Buffer | undefined;
  /** Whether the client named the version. */
  readonly pinned: boolean;
}

/** @throws S3Error as a read of the source would, and 412 for its conditions */
export function copySource(call: Call): Source {
  const { bucket, objectKey, versionId } = parseCopySource(headerOf(call, 'x-amz-copy-source') ?? '');
  const found = call.buckets.get(bucket);
  if (versionId !== undefined && found.versions.find(objectKey, versionId)?.kind === 'marker') {
    throw new S3Error(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
  const version = findObject(found, objectKey, versionId);
  const inClear = call.rules.sourceKeysInClear && endsPlain(call);
  const ssecKey = unlock(version.seal, copySourceKey(call.headers, call.secure || inClear), call.rules);
  checkCopySource(call, version);
  return { bucket, version, ssecKey, pinned: versionId !== undefined };
}

/** Does the copy end without a key? */
function endsPlain(call: Call): boolean {
  return headerOf(call, 'x-amz-server-side-encryption-customer-algorithm') === undefined;
}

/** Writes a span of the source as a new file: decrypted with its key, encrypted with the destination's. */
export async function copyBody(
  call: Call,
  { version, ssecKey }: Source,
  { start, end }: Span,
  destination: { ssecKey: Uint8Array | undefined; algorithm: string | undefined },
): Promise<Received> {
  const md5 = createHash('md5');
  const { algorithm } = destination;
  const checksum = algorithm === undefined ? undefined : await checksumKind(algorithm).make();
  const meter = meterWith(checksum ? [md5, checksum] : [md5]);
  const body = call.data.read(version.files, ssecKey, start, end);
  const { sealed, etag } = etagMaker(call.rules, destination.ssecKey);
  const staged = await call.data.write(body, meter, destination.ssecKey, sealed);
  return {
    staged,
    etag: etag(md5.digest('hex')),
    checksum:
      checksum && algorithm !== undefined
        ? { algorithm, value: checksum.digest().toString('base64'), type: 'FULL_OBJECT' }
        : undefined,
  };
}
