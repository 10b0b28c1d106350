import { continuesUpload } from '../../multipart/upload.ts';
import { parseStoreError, readErrorText } from '../../response/store-error.ts';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { S3Error } from '../../s3/errors.ts';
import { WireHeaders } from '../../s3/headers.ts';
import type { Asker } from '../exchange.ts';
import { objectIn, ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { ask } from '../store/ask.ts';
import { NO_HEADERS } from '../store/own-sending.ts';

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
  const status = await statusWithoutKey(asker, plan, serving);
  if (status >= 200 && status < 300) throw begunInPlain(plan);
  if (status >= 500) throw new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.');
  // Another refusal says nothing of the upload; the store will say the same of the request itself.
  if (status === 400) serving.encryptedUploads.add(target, uploadId);
}

/**
 * The status of a part of one byte without a key. An upload with a key refuses it with 400, and nothing is left behind;
 * one in plain gets a part that its end does not name. One that was promised checksums refuses it with 400 as well, plain
 * as it may be: then the part goes once more, with its checksum.
 * @throws S3Error NoSuchUpload when it can't be told what the store refuses
 */
async function statusWithoutKey(asker: Asker, plan: Plan, serving: Serving): Promise<number> {
  const bare = await partWithoutKey(asker, plan, serving, NO_HEADERS);
  const wanted = bare.status === 400 ? checksumIn(bare.text) : undefined;
  if (wanted === undefined) return bare.status;
  const checksum = await checksumHeader(wanted);
  if (plan.checksums === 'withheld' || !checksum) throw untold(plan);
  const { status, text } = await partWithoutKey(asker, plan, serving, new WireHeaders(checksum));
  if (status === 400 && checksumIn(text) !== undefined) throw untold(plan);
  return status;
}

/** The words of a refusal that is about checksums; undefined when it is about something else. */
function checksumIn(document: string): string | undefined {
  const error = parseStoreError(document, []);
  const said = `${error?.code} ${error?.message}`;
  return /checksum/i.test(said) ? said : undefined;
}

/** That of the one byte, by the algorithm that the words name: name and value. */
async function checksumHeader(words: string): Promise<[string, string] | undefined> {
  const named = new Set(words.toUpperCase().split(/[^A-Z0-9]+/));
  const [algorithm, known] = Object.entries(CHECKSUMS).find(([name]) => named.has(name)) ?? [];
  if (algorithm === undefined || known === undefined) return undefined;
  const digest = await known.make();
  digest.update(BODY);
  return [`x-amz-checksum-${algorithm.toLowerCase()}`, digest.digest().toString('base64')];
}

async function partWithoutKey(
  asker: Asker,
  plan: Plan,
  serving: Serving,
  headers: WireHeaders,
): Promise<{ status: number; text: string }> {
  const { match, upstream, credentials, target } = plan;
  const part = ownPlan({
    name: 'UploadPart',
    about: objectIn(plan),
    query: { partNumber: PART_NUMBER, uploadId: target.query.get('uploadId') ?? '' },
    match,
    upstream,
    credentials,
  });
  const { response } = await ask(part, { headers, body: BODY }, asker, serving);
  const status = response.statusCode ?? 0;
  const { text } = status === 400 ? await readErrorText(response, upstream.timeouts.document) : { text: '' };
  response.resume();
  return { status, text };
}

function untold(plan: Plan): S3Error {
  return noSuchUpload(
    plan,
    'It was promised checksums, and the store does not tell whether it is encrypted. Abort it and begin again.',
  );
}

function begunInPlain(plan: Plan): S3Error {
  const { match } = plan;
  const rule = match.kind === 'rule' ? match.rule.name : 'the rule';
  return noSuchUpload(plan, `It was begun in plain, and ${rule} encrypts. Abort it and begin again.`);
}

function noSuchUpload({ asked }: Plan, why: string): S3Error {
  return new S3Error('NoSuchUpload', `The specified upload does not exist. ${why}`, {
    fields: { UploadId: asked.query.get('uploadId') ?? '' },
  });
}
