import { CLIENT_LIMITS } from '../listener/bounds.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * The part of a snapshot that one of several workers serves by: everything, with its share of the limits, so that all
 * together keep to what the config says. Each has one of everything at least. The master has the admin address.
 */
export function shareOf(snapshot: Snapshot, count: number): Snapshot {
  const { clients = CLIENT_LIMITS } = snapshot.limits;
  const of = (limit: number): number => Math.max(1, Math.floor(limit / count));
  return {
    ...snapshot,
    admin: undefined,
    limits: {
      ...snapshot.limits,
      clients: {
        ...clients,
        connections: of(clients.connections),
        requestsPerClient: of(clients.requestsPerClient),
        copies: of(clients.copies),
        refusals: of(clients.refusals),
      },
    },
    upstream: upstreamShare(snapshot.upstream, of, count),
    upstreams: new Map(
      [...snapshot.upstreams].map(([id, upstream]) => [id, upstreamShare(upstream, of, count)]),
    ),
  };
}

function upstreamShare(upstream: Upstream, of: (limit: number) => number, count: number): Upstream {
  const { limits, outage } = upstream;
  return {
    ...upstream,
    limits: { ...limits, connections: of(limits.connections), queue: of(limits.queue) },
    ...(outage && { outage: { ...outage, failures: failuresShare(outage.failures, count) } }),
  };
}

/** Each sees its part of the failures. A single one is a coincidence, unless the config says otherwise. */
function failuresShare(failures: number, count: number): number {
  return Math.min(failures, Math.max(2, Math.ceil(failures / count)));
}
