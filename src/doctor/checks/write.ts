import { createHash } from 'node:crypto';
import { blockingOf, unblockCommand } from '../../ssec/blocked.ts';
import { echoOf } from '../../ssec/proof.ts';
import type { StoreFailure } from '../../store-client/answer.ts';
import { get, isFailure, put, type Success, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { endpointOf, policyStatement } from '../commands.ts';
import type { Finding } from '../finding.ts';
import { policyFinding } from './policy.ts';

/** More than a block of a cipher, and not a whole number of them. */
const PROBE_BYTES = 75;

/** Writes a probe under the rule's key: does the store encrypt, and name the key? */
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
    return [{ grade: 'fine', found: 'a probe was stored encrypted, and the store named its key' }];
  },
};

/** A 200 that does not encrypt: the worst that a store can do. */
function storedPlain({ upstream }: Bench, { response }: Success): Finding {
  return {
    grade: 'stop',
    found: `the store answered ${response.statusCode} to a write with an SSE-C key and stored it in PLAIN`,
    meaning:
      'it ignores SSE-C. The proxy refuses every encrypted write there, as its answers do not name the key',
    mend: `use a store, or a version of it, that has SSE-C: ${upstream.name}.endpoint is ${endpointOf(upstream)}`,
  };
}

function unechoed({ upstream }: Bench, echo: 'missing' | 'different'): Finding {
  return {
    grade: 'stop',
    found:
      echo === 'missing'
        ? 'the store encrypts, and its answer does not name the key'
        : 'the answer of the store names another key',
    meaning: 'the proxy takes no write for encrypted that is not proven: clients get 500, and then 503',
    mend: `have what stands before the store pass on the headers x-amz-server-side-encryption-customer-*, or take another provider row that knows this store (${upstream.name}.provider)`,
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
      mend: unblockCommand(bucket, upstream.region, encryption),
    };
  if (blocking !== undefined) return await policyFinding(bench, said);
  if (failure.status === 501 || failure.code === 'NotImplemented')
    return {
      grade: 'stop',
      found: said,
      meaning: 'it has no SSE-C',
      mend: `use a store, or a version of it, that has SSE-C: ${upstream.name}.endpoint is ${endpointOf(upstream)}`,
    };
  if (/secure connection/i.test(failure.message) || (upstream.protocol === 'http:' && failure.status === 400))
    return {
      grade: 'stop',
      found: said,
      meaning: 'stores take SSE-C over https alone',
      mend: `${upstream.name}.endpoint: https://…`,
    };
  return {
    grade: 'stop',
    found: said,
    mend: `allow ${upstream.name}.credentials: ${policyStatement(bucket)}`,
  };
}
