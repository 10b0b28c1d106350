import { permits } from '../../clients/permissions.ts';
import { unmarkTag } from '../../etag/mark.ts';
import { bucketMarks } from '../../etag/marks.ts';
import { readingDelete, type ToDelete, writeDelete } from '../../s3/delete-document.ts';
import { requireUnfolded } from '../../s3/unfolded.ts';
import type { Work } from '../../turns.ts';
import type { Message } from '../message.ts';
import { denied } from '../plan/authorize.ts';
import type { Plan } from '../plan/plan.ts';
import type { Judging } from './judging.ts';
import { withRewrittenBody } from './rewritten.ts';

/** S3 takes documents of up to 2 MB here. */
const LONGEST = 2 * 1024 * 1024;

/**
 * Reads the body of a DeleteObjects, checks it against its hashes, authorises every object key in it, and gives back
 * the message with a body of our own making that names exactly those. One refused object key refuses them all.
 *
 * @throws S3Error AccessDenied, MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function checkDeletes(
  message: Message,
  { target, upstream }: Pick<Plan, 'target' | 'upstream'>,
  { permissions, rules }: Judging,
): Promise<Message> {
  if (target.shape !== 'bucket') throw denied();
  const { bucket } = target;
  const marks = bucketMarks(bucket, { rules, upstream });
  function* rewrite(document: string): Work<string> {
    const { quiet, objects } = yield* readingDelete(document);
    for (const { objectKey } of objects) {
      if (upstream.provider.normalisesKeys) requireUnfolded(objectKey);
      const match = rules.matchObject(bucket, objectKey);
      const known = match.kind === 'rule' || match.action === 'pass';
      if (!known || !permits(permissions, 'delete', bucket, objectKey)) throw denied();
    }
    yield;
    return writeDelete({ quiet, objects: objects.map((one) => asTheStoreKnowsIt(one, marks)) });
  }
  return await withRewrittenBody(message, { longest: LONGEST, checksumOf: 'body', rewrite });
}

function asTheStoreKnowsIt(one: ToDelete, marks: (objectKey: string) => boolean): ToDelete {
  const { ETag, ...others } = one.others;
  if (ETag === undefined || !marks(one.objectKey)) return one;
  return { ...one, others: { ...others, ETag: unmarkTag(ETag) } };
}
