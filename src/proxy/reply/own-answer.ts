import { beginningOf } from '../../response/beginning.ts';
import { S3Error } from '../../s3/errors.ts';
import { described, misfit } from '../store/misfit.ts';
import type { Reply } from './reply.ts';
import { unreadable } from './rewrite.ts';

/** Of a list of objects, which is what a store makes of a sub-resource that it does not know: every store knows lists. */
const LIST = 'listbucketresult';

/**
 * Is this the answer to what was asked? A store that does not know a sub-resource answers as if it had not been there:
 * with a list of the bucket, or with the object. Looks at the beginning and puts it back, so that the answer can be read as
 * if nobody had looked. Nothing has gone to the client yet.
 *
 * @throws S3Error NotImplemented where the store may not know what was asked for; ServiceUnavailable where it has to;
 *   InternalError for an answer that is compressed, which nobody asked for
 */
export async function requireOwnAnswer({ exchange, answer: { response }, plan }: Reply): Promise<void> {
  const { roots, name } = plan.operation;
  if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw unreadable();
  const { statusCode } = response;
  const begins =
    statusCode === 200 ? await beginningOf(response, plan.upstream.timeouts.document) : undefined;
  if (begins?.kind === 'document' && roots.includes(begins.root)) return;
  const said = begins && begins.kind !== 'nothing' ? described(begins, plan.ssecKeys) : undefined;
  const fault = said ?? `status ${statusCode} and no document`;
  const unfit = misfit(exchange.log, plan, fault);
  if (roots.includes(LIST)) throw unfit;
  exchange.log.cause += ': it may not know this operation';
  throw new S3Error(
    'NotImplemented',
    `The store (provider ${plan.upstream.provider.name}) did not answer ${name} as such, and may not know it.`,
  );
}
