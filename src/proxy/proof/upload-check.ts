import { Readable } from 'node:stream';
import { goesOn } from '../../multipart/upload.ts';
import { S3Error } from '../../s3/errors.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { OPERATIONS } from '../../s3/operations.ts';
import { parseQuery } from '../../s3/query.ts';
import type { Exchange } from '../exchange.ts';
import type { Serving } from '../handle.ts';
import type { Plan } from '../plan/make-plan.ts';
import { attempt, type Sending } from '../store/attempt.ts';

/** The highest that S3 takes: one that clients hardly ever use. */
const PART_NUMBER = 10_000;
const BODY = Buffer.alloc(1);

const UPLOAD_PART = OPERATIONS.find(({ name }) => name === 'UploadPart');

/**
 * Refuses parts for an upload that was begun in plain, and its end. A list names every upload, whoever began it, and
 * Ceph and MinIO take a part with a key for a plain one and store it in plain. So of an upload that this process has not
 * seen begin, the store is asked once. At a store that does not keep uploads to a key only what began here goes on at
 * all.
 *
 * @throws S3Error NoSuchUpload; SlowDown or ServiceUnavailable when the store does not answer
 */
export async function requireEncryptedUpload(
  exchange: Exchange,
  plan: Plan,
  serving: Serving,
): Promise<void> {
  const { upload, operation, target } = plan;
  if (upload?.kind === 'refused') throw upload.refusal;
  if (!upload || upload.kind === 'client' || target.shape !== 'object' || !goesOn(operation)) return;
  const { uploads } = plan.upstream.provider;
  if (uploads === 'unpinned' || (uploads === 'strict' && operation.ssec === 'write')) return;
  const uploadId = target.query.get('uploadId') ?? '';
  if (serving.encryptedUploads.has(target, uploadId)) return;
  const status = await partWithoutKey(exchange, plan, uploadId, serving);
  if (status >= 200 && status < 300) throw begunInPlain(plan);
  if (status >= 500) throw new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.');
  // Another refusal says nothing of the upload; the store will say the same of the request itself.
  if (status === 400) serving.encryptedUploads.add(target, uploadId);
}

/**
 * The status of a part of one byte without a key. An upload with a key refuses it with 400, and nothing is left behind;
 * one in plain gets a part that its end does not name.
 */
async function partWithoutKey(
  { signal, log }: Exchange,
  plan: Plan,
  uploadId: string,
  serving: Serving,
): Promise<number> {
  if (!UPLOAD_PART) throw new Error('there is no UploadPart');
  const asking: Sending = {
    method: 'PUT',
    headers: new WireHeaders(['content-length', String(BODY.byteLength)]),
    body: 'some',
    stream: Readable.from([BODY], { objectMode: false }),
    begin: () => {},
    signal,
    log,
  };
  const { upstream } = plan;
  const query = parseQuery(`partNumber=${PART_NUMBER}&uploadId=`).with('uploadId', uploadId);
  const part: Plan = {
    ...plan,
    operation: UPLOAD_PART,
    target: { ...plan.target, query },
    ssec: { kind: 'none' },
    source: undefined,
  };
  const { response } = await attempt(
    asking,
    part,
    {},
    { ...serving, upstream, agent: serving.agents.of(upstream) },
  );
  response.resume();
  return response.statusCode ?? 0;
}

function begunInPlain({ asked, match }: Plan): S3Error {
  const rule = match.kind === 'rule' ? match.rule.name : 'the rule';
  return new S3Error(
    'NoSuchUpload',
    `The specified upload does not exist. It was begun in plain, and ${rule} encrypts. Abort it and begin anew.`,
    { fields: { UploadId: asked.query.get('uploadId') ?? '' } },
  );
}
