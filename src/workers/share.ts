import { CLIENT_LIMITS } from '../listener/bounds.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * The part of a snapshot that one of several workers serves by: everything, with its share of the limits, so that all
 * together keep to what the config says. Each has one of everything at least. The master has the admin address.
 */
export function shareOf(snapshot: Snapshot, count: number): Snapshot {
  const { ready } = snapshot;
  const { clients = CLIENT_LIMITS } = snapshot.limits;
  const of = (limit: number): number => Math.max(1, Math.floor(limit / count));
  return {
    ...snapshot,
    admin: undefined,
    // Together they connect as often as one would.
    ...(ready && { ready: { ...ready, probe: ready.probe && ready.probe * count } }),
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
    upstream: upstreamShare(snapshot.upstream, of),
    upstreams: new Map([...snapshot.upstreams].map(([id, upstream]) => [id, upstreamShare(upstream, of)])),
  };
}

function upstreamShare(upstream: Upstream, of: (limit: number) => number): Upstream {
  const { connections, queue } = upstream.limits;
  return { ...upstream, limits: { ...upstream.limits, connections: of(connections), queue: of(queue) } };
}
