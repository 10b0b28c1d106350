import { continuesUpload } from '../../multipart/upload.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Asker } from '../exchange.ts';
import { objectIn, ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { ask } from '../store/ask.ts';

/** The highest that S3 takes: one that clients hardly ever use. */
const PART_NUMBER = '10000';
const BODY = Buffer.alloc(1);

/**
 * Refuses parts for an upload that was begun in plain, and its end. A list names every upload, no matter who began it, and
 * Ceph and MinIO take a part with a key for a plain one and store it in plain. So of an upload that this process has not
 * seen begin, the store is asked once. At a store that does not keep uploads to a key only what began here goes on at
 * all.
 *
 * @throws S3Error NoSuchUpload; SlowDown or ServiceUnavailable when the store does not answer
 */
export async function requireEncryptedUpload(asker: Asker, plan: Plan, serving: Serving): Promise<void> {
  const { upload, operation, target } = plan;
  if (upload?.kind === 'refused') throw upload.refusal;
  if (!upload || upload.kind === 'client' || target.shape !== 'object' || !continuesUpload(operation)) return;
  const { uploads } = plan.upstream.provider;
  if (uploads === 'unpinned' || (uploads === 'strict' && operation.ssec === 'write')) return;
  const uploadId = target.query.get('uploadId') ?? '';
  if (serving.encryptedUploads.has(target, uploadId)) return;
  const status = await partWithoutKey(asker, plan, serving);
  if (status >= 200 && status < 300) throw begunInPlain(plan);
  if (status >= 500) throw new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.');
  // Another refusal says nothing of the upload; the store will say the same of the request itself.
  if (status === 400) serving.encryptedUploads.add(target, uploadId);
}

/**
 * The status of a part of one byte without a key. An upload with a key refuses it with 400, and nothing is left behind;
 * one in plain gets a part that its end does not name.
 */
async function partWithoutKey(asker: Asker, plan: Plan, serving: Serving): Promise<number> {
  const { match, upstream, credentials, target } = plan;
  const part = ownPlan({
    name: 'UploadPart',
    about: objectIn(plan),
    query: { partNumber: PART_NUMBER, uploadId: target.query.get('uploadId') ?? '' },
    match,
    upstream,
    credentials,
  });
  const { response } = await ask(part, { body: BODY }, asker, serving);
  response.resume();
  return response.statusCode ?? 0;
}

function begunInPlain({ asked, match }: Plan): S3Error {
  const rule = match.kind === 'rule' ? match.rule.name : 'the rule';
  return new S3Error(
    'NoSuchUpload',
    `The specified upload does not exist. It was begun in plain, and ${rule} encrypts. Abort it and begin again.`,
    { fields: { UploadId: asked.query.get('uploadId') ?? '' } },
  );
}
