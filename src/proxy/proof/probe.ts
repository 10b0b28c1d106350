import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { WireHeaders } from '../../s3/headers.ts';
import { OPERATIONS } from '../../s3/operations.ts';
import { encodePath } from '../../s3/percent.ts';
import { parseTarget } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import { echoOf } from '../../ssec/proof.ts';
import type { Answer } from '../../upstream/forward.ts';
import type { Serving } from '../handle.ts';
import { injectedWrite, makePlan, type Plan } from '../plan/make-plan.ts';
import { attempt, type Sending } from '../store/attempt.ts';
import type { AttemptKeys } from '../store/outbound.ts';

export type Outcome = { readonly kind: 'proven' } | { readonly kind: 'unproven'; readonly fault: string };

const BODY = Buffer.from('probe');

/**
 * Writes a small object of no worth where the distrusted write wanted to go (same bucket, rule, key and credentials),
 * and demands the echo and that a HEAD without the key fails. The object is removed again.
 */
export async function probe(plan: Plan, serving: Serving): Promise<Outcome> {
  const write = injectedWrite(plan);
  if (!write) return { kind: 'unproven', fault: 'nothing to prove' };
  const { withoutEcho } = plan.upstream.provider;
  const echoes = !withoutEcho.operations.includes('PutObject');
  const place = placeOf(plan, { ...write, objectKey: `${write.prefix}.ssec-proxy-probe-${randomUUID()}` });
  try {
    // A derived key is that of the probe's own name.
    const ssecKey = injectedWrite(planned('PutObject', place, serving))?.ssecKey ?? write.ssecKey;
    const put = await send('PutObject', place, serving, { target: ssecKey });
    const echo = echoOf(put.response, ssecKey);
    const status = put.response.statusCode ?? 0;
    const seen = await headWithoutKey(place, serving);
    await send('DeleteObject', place, serving, {});
    if (status !== 200) return unproven(`the probe's PutObject was answered with ${status}`);
    if (echoes && echo !== 'ours') return unproven(`the echo of the probe is ${echo}`);
    if (seen === 'open') return unproven('the probe can be read without the key');
    return echoes || seen === 'sealed'
      ? { kind: 'proven' }
      : unproven('a HEAD of the probe without the key proves nothing');
  } catch (error) {
    return unproven(causeOf(error));
  }
}

/**
 * What a HEAD without the key says of the object that was just written. Every store answers 400 for an encrypted one;
 * any other failure (no permission, no such object, a store that is down) says nothing of the encryption.
 */
export async function seenWithoutKey(plan: Plan, serving: Serving): Promise<Seen> {
  const write = injectedWrite(plan);
  if (!write) return 'unclear';
  return await headWithoutKey(placeOf(plan, write), serving).catch(() => 'unclear' as const);
}

export type Seen = 'open' | 'sealed' | 'unclear';

/** Where, and as whom. */
interface Place {
  readonly bucket: string;
  readonly objectKey: string;
  readonly credentials: Credentials;
}

function placeOf({ credentials }: Plan, { bucket, objectKey }: Omit<Place, 'credentials'>): Place {
  if (!credentials) throw new Error('nobody writes unsigned');
  return { bucket, objectKey, credentials };
}

async function headWithoutKey(place: Place, serving: Serving): Promise<Seen> {
  const { response } = await send('HeadObject', place, serving, {});
  const status = response.statusCode ?? 0;
  if (status < 300) return 'open';
  return status === 400 ? 'sealed' : 'unclear';
}

function unproven(fault: string): Outcome {
  return { kind: 'unproven', fault };
}

function planned(name: string, { bucket, objectKey, credentials }: Place, { snapshot, now }: Serving): Plan {
  const operation = OPERATIONS.find((row) => row.name === name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const target = parseTarget(`/${bucket}/${encodePath(objectKey)}`, undefined, []);
  return makePlan(
    { operation, target, headers: headersOf(name), signer: () => credentials, now: now() },
    snapshot,
  );
}

function headersOf(name: string): WireHeaders {
  return new WireHeaders(name === 'PutObject' ? ['content-length', String(BODY.byteLength)] : []);
}

async function send(name: string, place: Place, serving: Serving, keys: AttemptKeys): Promise<Answer> {
  const plan = planned(name, place, serving);
  const { upstream, operation } = plan;
  const writes = name === 'PutObject';
  // Only the keys that are handed in are sent: a HEAD is to come without one.
  const asking: Sending = {
    method: operation.method,
    headers: headersOf(name),
    body: writes ? 'some' : 'none',
    stream: Readable.from(writes ? [BODY] : [], { objectMode: false }),
    begin: () => {},
    signal: AbortSignal.timeout(upstream.timeouts.connect + upstream.timeouts.headers),
    log: {},
  };
  const answer = await attempt(asking, plan, keys, {
    ...serving,
    upstream,
    agent: serving.agents.of(upstream),
  });
  answer.response.resume();
  return answer;
}

/** What lies behind the error that a client would get. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
