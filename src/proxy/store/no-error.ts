import { beginningOf } from '../../response/beginning.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * An answer to a write that says 200 and holds an error is not a success. Most writes are answered without a body; those
 * whose document is read anyway are judged there.
 * @throws S3Error InternalError
 */
export async function requireNoError({ log }: Asker, { response }: Answer, plan: Plan): Promise<void> {
  const { method, name } = plan.operation;
  const { statusCode, headers } = response;
  if (method === 'GET' || method === 'HEAD' || statusCode !== 200 || headers['content-length'] === '0')
    return;
  if ((await beginningOf(response, plan.upstream.timeouts.document)) !== 'error') return;
  log.cause = `the store answered ${name} with status 200 and an error`;
  throw new S3Error('InternalError', 'The store reported an error. Please try again.');
}
