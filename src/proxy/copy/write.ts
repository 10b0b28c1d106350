import type { Readable } from 'node:stream';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { S3Error } from '../../s3/errors.ts';
import { ChunkEncoder } from '../../sigv4/chunk-encoder.ts';
import { payloadOf } from '../../sigv4/payload.ts';
import { through } from '../../steps.ts';
import { chain } from '../body/chain.ts';
import { headClaims } from '../body/claims.ts';
import { type BodyClaim, BodyGuard, startChecks } from '../body/guard.ts';
import { reframed } from '../body/plan-body.ts';
import { throughCopying } from '../body/through-copying.ts';
import { getsTrailers } from '../plan/plan.ts';
import { type Asked, askEnd, type Copying, type Step } from './ask.ts';
import { integrityOf } from './integrity.ts';
import type { Source } from './source.ts';
import { StoreRefusal } from './store-refusal.ts';

/**
 * Pipes a source into what it becomes. The store never gets the last byte of one that breaks off, or is not what its own
 * store says of it.
 * @param algorithm of the checksum that the store is to keep with it, where it takes one behind a body
 * @throws S3Error ServiceUnavailable when that happens
 */
export async function write(
  copying: Copying,
  step: Omit<Step, 'body'>,
  source: Source,
  algorithm?: string,
): Promise<Asked> {
  const { upstream } = copying.plan;
  const { checks } = upstream.provider;
  const { length, answer } = source;
  // A part has a checksum only where its upload has one.
  const claimed = step.name === 'PutObject' ? step.headers.with(integrityOf(source.headers)) : step.headers;
  const trailer = getsTrailers(upstream) ? trailerOf(algorithm) : undefined;
  // One checksum is all that a store takes: behind the body there is one already.
  const here = trailer ? { ...checks, checksums: false } : checks;
  const claims = [
    ...headClaims(claimed, payloadOf(undefined), here, 'body'),
    ...(trailer ? [trailer.claim] : []),
  ];
  const guarded = chain(answer.response, through(new BodyGuard(length, await startChecks(claims))));
  const sent: Pick<Step, 'headers' | 'body'> = trailer
    ? {
        headers: reframed(step.headers, { 'x-amz-trailer': trailer.name }, length),
        body: { stream: framed(guarded, length, trailer), length: undefined },
      }
    : { headers: claimed, body: { stream: guarded, length } };
  if (length === 0 && !trailer) guarded.resume();
  try {
    const asked = await askEnd(copying, { ...step, ...sent });
    asked.answer.response.resume();
    return asked;
  } catch (error) {
    const compared = error instanceof StoreRefusal && error.said.code === 'BadDigest';
    if (!compared && (!guarded.errored || guarded.errored !== error)) throw error;
    throw new S3Error('ServiceUnavailable', 'The source of the copy broke off. Please try again.', {
      cause: error,
    });
  }
}

/** A checksum that is made while the body passes, and sent behind it. */
interface Trailer {
  readonly name: string;
  /** Claims nothing: it sees every byte, and is asked when the last one has come. */
  readonly claim: BodyClaim;
  readonly value: () => string;
}

function trailerOf(algorithm: string | undefined): Trailer | undefined {
  if (algorithm === undefined || !Object.hasOwn(CHECKSUMS, algorithm)) return undefined;
  const known = CHECKSUMS[algorithm];
  if (!known) return undefined;
  let value = '';
  const verify = (digest: Buffer): void => {
    value = digest.toString('base64');
  };
  return {
    name: `x-amz-checksum-${algorithm.toLowerCase()}`,
    claim: { make: known.make, verify },
    value: () => value,
  };
}

function framed(body: Readable, length: number, { name, value }: Trailer): Readable {
  const encoder = new ChunkEncoder(length, () => new Map([[name, value()]]));
  return chain(body, throughCopying(body, encoder));
}
