import { type Beginning, beginningOf } from '../../response/beginning.ts';
import { S3Error } from '../../s3/errors.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf, type StoreResponse } from '../../upstream/response.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { described, misfit } from './misfit.ts';

/**
 * "ETag: Entity tag for the uploaded object": each has one. It tells the store from what stands before it and says 200 to
 * everything, and an upload ends with those of its parts.
 */
const TAGGED: ReadonlySet<OperationName> = new Set<OperationName>([
  'AppendObject',
  'PutObject',
  'UploadPart',
]);

/**
 * Demands of the answer to a write, of status 2xx, that it is the store's word for this operation: nothing behind the head
 * where S3 has nothing there, else a document of the operation. Nobody else's text goes on to a client as a success.
 *
 * @returns what is behind the head, where that had to be looked at: white space and a declaration alone, as Ceph sends it,
 *   are nothing
 * @throws S3Error InternalError where it holds an error; ServiceUnavailable where it holds something else, or lacks its ETag
 */
export function requireWritten(
  { log }: Asker,
  { response }: Answer,
  plan: Plan,
): Promise<'nothing' | 'document'> | undefined {
  const { answers, name } = plan.operation;
  if (answers === 'content' || response.statusCode === 204) return undefined;
  const untagged = TAGGED.has(name) && !fieldOf(response, 'etag') && !isFolder(plan);
  const empty = answers === 'nothing' && fieldOf(response, 'content-length') === '0';
  if (empty && untagged) throw misfit(log, plan, NO_ETAG);
  return empty ? undefined : lookBehind(log, response, plan, untagged);
}

const NO_ETAG = 'no ETag';

async function lookBehind(
  log: Asker['log'],
  response: StoreResponse,
  plan: Plan,
  untagged: boolean,
): Promise<'nothing' | 'document'> {
  const begins = await beginningOf(response, plan.upstream.timeouts.document);
  const found = judge(begins, log, response, plan);
  if (untagged) throw misfit(log, plan, NO_ETAG);
  return found;
}

function judge(
  begins: Beginning,
  log: Asker['log'],
  { statusCode }: StoreResponse,
  plan: Plan,
): 'nothing' | 'document' {
  const { answers, roots, name } = plan.operation;
  if (begins.kind === 'nothing' && answers === 'nothing') return 'nothing';
  if (begins.kind === 'document' && roots.includes(begins.root)) return 'document';
  if (begins.kind === 'document' && begins.root === 'error') {
    log.cause = `the store answered ${name} with status ${statusCode} and an error`;
    throw new S3Error('InternalError', 'The store reported an error. Please try again.');
  }
  throw misfit(log, plan, `status ${statusCode} and ${described(begins, plan.ssecKeys)}`);
}

/** SeaweedFS makes a folder of an object key that ends with a slash, and says no ETag of it. */
function isFolder({ target }: Plan): boolean {
  return target.shape === 'object' && target.objectKey.endsWith('/');
}
