import { S3Error } from '../../s3/errors.ts';
import { payloadOf } from '../../sigv4/payload.ts';
import { chain } from '../body/chain.ts';
import { headClaims } from '../body/claims.ts';
import { BodyGuard, startChecks } from '../body/guard.ts';
import { type Asked, askEnd, type Copying, type Step } from './ask.ts';
import { integrityOf } from './integrity.ts';
import type { Source } from './source.ts';
import { StoreRefusal } from './store-refusal.ts';

/**
 * Pipes a source into what it becomes. The store never gets the last byte of one that breaks off, or is not what its own
 * store says of it.
 * @throws S3Error ServiceUnavailable when that happens
 */
export async function write(copying: Copying, step: Omit<Step, 'body'>, source: Source): Promise<Asked> {
  const { provider } = copying.plan.upstream;
  // A part has a checksum only where its upload has one.
  const headers = step.name === 'PutObject' ? step.headers.with(integrityOf(source.headers)) : step.headers;
  const claims = headClaims(headers, payloadOf(undefined), provider, 'body');
  const { length, answer } = source;
  const stream = chain(answer.response, new BodyGuard(length, await startChecks(claims)));
  if (length === 0) stream.resume();
  try {
    const asked = await askEnd(copying, { ...step, headers, body: { stream, length } });
    asked.answer.response.resume();
    return asked;
  } catch (error) {
    const compared = error instanceof StoreRefusal && error.said.code === 'BadDigest';
    if (!compared && (!stream.errored || stream.errored !== error)) throw error;
    throw new S3Error('ServiceUnavailable', 'The source of the copy broke off. Please try again.', {
      cause: error,
    });
  }
}
