import { beginningOf } from '../../response/beginning.ts';
import { S3Error } from '../../s3/errors.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Plan } from '../plan/plan.ts';
import type { Reply } from './reply.ts';
import { unreadable } from './rewrite.ts';

/** Of a name in the log, in characters. */
const MOST_SHOWN = 60;

/**
 * Is this the answer to what was asked? A store that does not know a sub-resource answers as if it had not been there:
 * with a list of the bucket, or with the object. Looks at the beginning and puts it back, so that the answer can be read as
 * if nobody had looked. Nothing has gone to the client yet.
 *
 * @throws S3Error NotImplemented; InternalError for an answer that is compressed, which nobody asked for
 */
export async function requireOwnAnswer({ exchange, answer: { response }, plan }: Reply): Promise<void> {
  const { roots, name } = plan.operation;
  if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw unreadable();
  const limit = plan.upstream.timeouts.document;
  const found = response.statusCode === 200 ? await beginningOf(response, limit) : undefined;
  if (found !== undefined && roots.includes(found)) return;
  const { provider } = plan.upstream;
  exchange.log.cause = `the store answered ${name} with ${described(found, response, plan.ssecKeys)}: it may not know this operation`;
  throw new S3Error(
    'NotImplemented',
    `The store (provider ${provider.name}) did not answer ${name} as such, and may not know it.`,
  );
}

function described(
  found: string | undefined,
  { statusCode }: StoreResponse,
  ssecKeys: Plan['ssecKeys'],
): string {
  if (found === undefined) return `status ${statusCode} and no document`;
  return found.length > MOST_SHOWN || holdsKey(found, ssecKeys) ? 'another document' : `<${found}>`;
}
