import { parseQuantity } from '../profile/quantity.ts';
import type { Resources } from '../profile/resources.ts';
import { Refusal } from '../refusal.ts';
import type { Container, Pod } from './pod.ts';

/**
 * A pod may have amounts of its own, in which those of its containers have to fit:
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
 * API servers refuse such a pod too, in words that don't name the profile. Where a pod has limits alone, they have written
 * the sum of its containers as its requests before they ask, without the sidecar. Quantities of other forms are left to them.
 * @throws Refusal
 */
export function requireAmounts(
  { spec }: Pod,
  { name, resources }: { readonly name: string; readonly resources: Resources },
): void {
  for (const kind of ['cpu', 'memory']) {
    const most = spec.resources?.limits?.[kind];
    const limit = resources.limits[kind];
    if (isMore(amount(limit), amount(most)))
      throw new Refusal(
        400,
        `the pod limits its ${kind} to ${most} (spec.resources), and the proxy of the profile ${name} may take ${limit}; raise the one, or lower the other by resources in the profile`,
      );
    const all = spec.resources?.requests?.[kind];
    const own = resources.requests[kind];
    const needed = requested(spec, kind, amount(own ?? '0') ?? 0);
    if (isMore(needed, amount(all)))
      throw new Refusal(
        400,
        `the pod requests ${all} of ${kind} (spec.resources), too little for its containers with ${own} for the proxy of the profile ${name}; write requests there that have room for it`,
      );
  }
}

/** What containers request together. Sidecars run beside all that start after them, other init containers one by one. */
function requested({ initContainers, containers }: Pod['spec'], kind: string, own: number): number {
  let beside = own;
  let peak = own;
  for (const one of initContainers ?? []) {
    const request = requestOf(one, kind);
    peak = Math.max(peak, beside + request);
    if (one.restartPolicy === 'Always') beside += request;
  }
  return Math.max(
    peak,
    containers.reduce((sum, one) => sum + requestOf(one, kind), beside),
  );
}

function requestOf({ resources }: Container, kind: string): number {
  return amount(resources?.requests?.[kind]) ?? 0;
}

function amount(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : parseQuantity(quantity);
}

/** Sums of fractions of a core are not exact. */
function isMore(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other * (1 + 1e-9);
}
