import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS } from '../s3/operations.ts';
import { encodePath } from '../s3/percent.ts';
import { parseTarget } from '../s3/target.ts';
import { echoOf } from '../ssec/proof.ts';
import { type Answer, forward } from '../upstream/forward.ts';
import type { Serving } from './handle.ts';
import { type AttemptKeys, outboundOf } from './outbound.ts';
import { injectedWrite, makePlan, type Plan } from './plan.ts';

export type Outcome = { readonly kind: 'proven' } | { readonly kind: 'unproven'; readonly fault: string };

const BODY = Buffer.from('probe');

/**
 * Writes a small object of no worth where the distrusted write wanted to go (same bucket, rule and key), and demands the
 * echo and that a HEAD without the key fails. The object is removed again.
 */
export async function probe(plan: Plan, serving: Serving): Promise<Outcome> {
  const write = injectedWrite(plan);
  if (!write) return { kind: 'unproven', fault: 'nothing to prove' };
  const objectKey = `${write.prefix}.ssec-proxy-probe-${randomUUID()}`;
  try {
    const put = await send('PutObject', { ...write, objectKey }, serving, { target: write.ssecKey });
    const echo = echoOf(put.response, write.ssecKey);
    const status = put.response.statusCode ?? 0;
    const open = await isOpen({ ...write, objectKey }, serving);
    await send('DeleteObject', { ...write, objectKey }, serving, {});
    if (status !== 200)
      return { kind: 'unproven', fault: `the probe's PutObject was answered with ${status}` };
    if (echo !== 'ours') return { kind: 'unproven', fault: `the echo of the probe is ${echo}` };
    return open ? { kind: 'unproven', fault: 'the probe can be read without the key' } : { kind: 'proven' };
  } catch (error) {
    return { kind: 'unproven', fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Does a HEAD without the key succeed on the object that was just written? */
export async function isReadableWithoutKey(plan: Plan, serving: Serving): Promise<boolean> {
  const write = injectedWrite(plan);
  return write !== undefined && (await isOpen(write, serving));
}

interface Place {
  readonly bucket: string;
  readonly objectKey: string;
}

async function isOpen(place: Place, serving: Serving): Promise<boolean> {
  const head = await send('HeadObject', place, serving, {});
  return (head.response.statusCode ?? 0) < 300;
}

async function send(
  name: string,
  { bucket, objectKey }: Place,
  serving: Serving,
  keys: AttemptKeys,
): Promise<Answer> {
  const { snapshot, agent, now } = serving;
  const { upstream } = snapshot;
  const operation = OPERATIONS.find((row) => row.name === name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const target = parseTarget(`/${bucket}/${encodePath(objectKey)}`, undefined, []);
  const writes = name === 'PutObject';
  const headers = new WireHeaders(writes ? ['content-length', String(BODY.byteLength)] : []);
  const planned = makePlan({ operation, target, headers, credentials: upstream.credentials }, snapshot);
  // Only the keys that are handed in are sent: a HEAD is to come without one.
  const outbound = outboundOf(
    { method: operation.method, headers, body: writes ? 'some' : 'none' },
    planned,
    {
      keys,
      upstream,
      now: now(),
    },
  );
  const body = writes ? { stream: Readable.from([BODY], { objectMode: false }), begin: () => {} } : undefined;
  const signal = AbortSignal.timeout(upstream.timeouts.connect + upstream.timeouts.headers);
  const answer = await forward({ ...outbound, body, signal }, upstream, agent);
  answer.response.resume();
  return answer;
}
