import { createHash } from 'node:crypto';
import { blockingOf } from '../../ssec/blocked.ts';
import { echoOf } from '../../ssec/headers.ts';
import type { StoreFailure } from '../../store-client/answer.ts';
import { get, isFailure, put, type Success, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { endpointOf, unblock } from '../commands.ts';
import type { Finding } from '../finding.ts';
import { permission } from '../permission.ts';
import { policyFinding } from './policy.ts';

/** More than one cipher block, and not a whole number of blocks. */
const PROBE_BYTES = 75;

/** Writes a probe under the rule's key: does the store encrypt it, and does the response name the key? */
export const write: Check<Bench> = {
  name: 'write',
  needs: 'writes',
  run: async (bench) => {
    const objectKey = `${bench.folder}object`;
    const body = bench.bytes(PROBE_BYTES);
    const answer = await put(bench, objectKey, { body });
    if (isFailure(answer)) return [await refused(bench, answer)];
    const ssecKey = bench.keyOf(objectKey);
    const naked = await get(bench, objectKey, undefined);
    if (!isFailure(naked)) return [storedPlain(bench, answer)];
    bench.written = { objectKey, ssecKey, body };
    const echo = echoOf(answer.response, ssecKey);
    bench.seen.echoes.set('PutObject', echo === 'ours');
    const etag = answer.response.headers.etag?.replaceAll('"', '');
    bench.seen.etag = etag === createHash('md5').update(body).digest('hex') ? 'md5' : 'opaque';
    if (echo !== 'ours') return [unechoed(bench, echo)];
    return [{ grade: 'fine', found: 'a probe was stored encrypted, and the response names its key' }];
  },
};

/** A 200 without encryption: the worst that a store can do. */
function storedPlain({ upstream }: Bench, { response }: Success): Finding {
  return {
    grade: 'stop',
    found: `the store answered ${response.statusCode} to a write with an SSE-C key and stored it UNENCRYPTED`,
    meaning:
      'it ignores SSE-C. The proxy refuses every encrypted write there, because the responses do not name the key',
    fix: `use a store, or a version of it, that supports SSE-C: ${upstream.name}.endpoint is ${endpointOf(upstream)}`,
  };
}

function unechoed({ upstream }: Bench, echo: 'missing' | 'different'): Finding {
  return {
    grade: 'stop',
    found:
      echo === 'missing'
        ? 'the store encrypts, but its response does not name the key'
        : 'the response of the store names another key',
    meaning:
      'the proxy does not trust a write without proof of its encryption: clients get 500, and then 503',
    fix: `if a proxy or load balancer is in front of the store, let it pass on the headers x-amz-server-side-encryption-customer-*; otherwise set ${upstream.name}.provider to the provider of this store`,
  };
}

async function refused(bench: Bench, failure: StoreFailure): Promise<Finding> {
  const { bucket, upstream, encryption } = bench;
  const said = `the store refuses a write with an SSE-C key: ${wordsOf(failure)}`;
  const blocking = blockingOf(failure);
  if (blocking === 'setting')
    return {
      grade: 'stop',
      found: 'the store refuses SSE-C: the bucket blocks it',
      fix: unblock(upstream, bucket, encryption),
    };
  if (blocking !== undefined) return await policyFinding(bench, said);
  if (failure.status === 501 || failure.code === 'NotImplemented')
    return {
      grade: 'stop',
      found: said,
      meaning: 'it does not support SSE-C',
      fix: `use a store, or a version of it, that supports SSE-C: ${upstream.name}.endpoint is ${endpointOf(upstream)}`,
    };
  if (/secure connection/i.test(failure.message) || (upstream.protocol === 'http:' && failure.status === 400))
    return {
      grade: 'stop',
      found: said,
      meaning: 'stores accept SSE-C over https only',
      fix: `${upstream.name}.endpoint: https://…`,
    };
  return { grade: 'stop', found: said, ...adviceFor(failure, bench) };
}

/** A permission is what is missing only where the store says so. */
function adviceFor(
  { status, code }: StoreFailure,
  { bucket, upstream }: Bench,
): Pick<Finding, 'meaning' | 'fix'> {
  if (status === 401 || status === 403) return { fix: permission(upstream, bucket) };
  if (code === 'NoSuchBucket')
    return { fix: `check the bucket of the rule, and that ${endpointOf(upstream)} is the endpoint` };
  if (status >= 500)
    return { meaning: 'the store failed, not the config', fix: 'look into the log of the store' };
  return {
    meaning: 'the store understood the request and refuses it for the reason that it gives',
    fix: `if it takes writes without SSE-C, it may not support SSE-C: ${upstream.name}.endpoint is ${endpointOf(upstream)}`,
  };
}
