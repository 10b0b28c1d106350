import { bucketMarks, unmarkTag } from '../../etag/mark.ts';
import { readingDelete, type ToDelete, writeDelete } from '../../s3/delete-document.ts';
import type { Work } from '../../turns.ts';
import type { Message } from '../message.ts';
import { denied, NO_RULE, permitsAll } from '../plan/authorize.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseKey } from '../plan/unsupported.ts';
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
  { target, upstream, needs }: Pick<Plan, 'target' | 'upstream' | 'needs'>,
  { permissions, rules }: Judging,
): Promise<Message> {
  if (target.shape !== 'bucket') throw denied('DeleteObjects is about a bucket');
  const { bucket } = target;
  const ofVersions = needs.map((action) => (action === 'delete' ? 'deleteVersions' : action));
  const marks = bucketMarks(bucket, { rules, upstream });
  function* rewrite(document: string): Work<string> {
    const { quiet, objects } = yield* readingDelete(document);
    for (const { objectKey, others } of objects) {
      refuseKey(objectKey, upstream);
      const match = rules.matchObject(bucket, objectKey);
      const known = match.kind === 'rule' || match.action === 'pass';
      const wanted = others['VersionId'] === undefined ? needs : ofVersions;
      if (!known || !permitsAll(permissions, wanted, { bucket, objectKey }))
        throw denied(
          known ? `no grant of the client (allow) has ${wanted.join(', ')} for one of the objects` : NO_RULE,
        );
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
