import {
  CopyObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { assertSealed, BUCKETS, bodyWith, bytesOf, newMarker, startStand } from './support.ts';

const PART = 5 * 1024 * 1024;

/** The same store, as if nobody knew of it that it copies with SSE-C; white space at once, and small parts. */
function withoutCopies(snapshot: Snapshot): Snapshot {
  const { upstream } = snapshot;
  return {
    ...snapshot,
    upstream: { ...upstream, provider: { ...upstream.provider, copiesSsec: [] } },
    limits: {
      ...snapshot.limits,
      copies: { silence: 5000, every: 5000, largestPut: 2 * PART, partSize: PART },
    },
  };
}

const stand = await startStand(t, withoutCopies);
const { s3, direct, onDisk } = stand;
const { secret, plain } = BUCKETS;

for (const from of [secret, plain]) {
  for (const to of [secret, plain]) {
    t.test(`CopyObject from ${from} to ${to}`, async (t) => {
      const marker = newMarker();
      const Body = bodyWith(marker, 5000);
      const about = {
        Metadata: { colour: 'blue' },
        ContentType: 'text/x-test',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentEncoding: 'identity',
        ContentLanguage: 'de',
        Expires: new Date('2030-01-01T00:00:00Z'),
      };
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket: from, Key: 'source', Body, ...about, Tagging: 'a=b%20c&d=' }),
      );
      const before = await onDisk(marker);
      const copy = {
        Bucket: to,
        Key: `from-${from}`,
        CopySource: `/${from}/source`,
        CopySourceIfMatch: ETag,
      };
      const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
      const made = await s3.send(new HeadObjectCommand({ Bucket: to, Key: copy.Key }));
      t.equal(CopyObjectResult?.ETag, made.ETag);
      t.match(made.ETag, to === secret ? /^"[0-9a-f]{32}-0"$/ : /^"[0-9a-f]{32}"$/, 'by its own rule');
      const late = Number(CopyObjectResult?.LastModified) - Number(made.LastModified);
      t.ok(Math.abs(late) <= 2000, 'it is told in seconds, and in parts of them');
      t.same(await bytesOf(s3, to, copy.Key), Body);
      const { Expires, ...rest } = about;
      t.match(made, { ...rest, ExpiresString: Expires.toUTCString() });
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: to, Key: copy.Key }));
      t.same(TagSet, [
        { Key: 'a', Value: 'b c' },
        { Key: 'd', Value: '' },
      ]);
      if (to === secret) await assertSealed(t, stand, { bucket: to, objectKey: copy.Key });
      else t.same(await bytesOf(direct, to, copy.Key), Body, 'the store gives it to its owner');
      t.equal(await onDisk(marker), before + (to === plain ? 1 : 0));
    });
  }
}
