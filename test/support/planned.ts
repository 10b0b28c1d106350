import { makePlan } from '../../src/proxy/plan/make-plan.ts';
import type { Injection, Plan } from '../../src/proxy/plan/plan.ts';
import { type Outbound, outboundOf } from '../../src/proxy/store/outbound.ts';
import type { AttemptKeys } from '../../src/proxy/store/sending.ts';
import { classify } from '../../src/s3/classify.ts';
import { parseTarget } from '../../src/s3/target.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { wireHeaders } from './headers.ts';
import { NOW } from './signed.ts';

export interface Request {
  readonly method: string;
  readonly rawTarget: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** The plan of a request as serving makes it, from the raw target on. */
export function planOf({ method, rawTarget, headers = {} }: Request, snapshot: Snapshot): Plan {
  const wire = wireHeaders(headers);
  const target = parseTarget(rawTarget, wire.joined('host'), snapshot.domains);
  const operation = classify(method, target, wire);
  return makePlan(
    { operation, target, headers: wire, signer: ({ credentials }) => credentials, now: NOW },
    snapshot,
  );
}

/** What goes to the store with the first key of each ring. */
export function outboundFor(request: Request, snapshot: Snapshot, body: 'none' | 'some' = 'none'): Outbound {
  const plan = planOf(request, snapshot);
  const keys: AttemptKeys = {
    ...first('target', plan.ssec),
    ...(plan.source ? first('source', plan.source.ssec) : {}),
  };
  const headers = wireHeaders(request.headers ?? {});
  return outboundOf({ method: request.method, headers, body }, plan, {
    keys,
    upstream: plan.upstream,
    now: NOW,
  });
}

function first(end: 'target' | 'source', injection: Injection): AttemptKeys {
  return injection.kind === 'inject' ? { [end]: injection.ring[0] } : {};
}
