import type { Upstream } from '../upstream/upstream.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The upstream of a bucket; the default upstream for requests without a bucket. All objects of a bucket are on one
 * upstream, because the proxy could not route requests about the bucket itself otherwise.
 */
export function upstreamOf(
  { upstream, upstreams, rules }: Pick<Snapshot, 'upstream' | 'upstreams' | 'rules'>,
  bucket: string | undefined,
): Upstream {
  const id = bucket === undefined || upstreams.size === 0 ? undefined : rules.upstreamOf(bucket);
  if (id === undefined) return upstream;
  const other = upstreams.get(id);
  if (!other) throw new TypeError(`there is no upstream "${id}"`);
  return other;
}

/** Every upstream, the default one first. */
export function allUpstreams({
  upstream,
  upstreams,
}: Pick<Snapshot, 'upstream' | 'upstreams'>): readonly [Upstream, ...Upstream[]] {
  return [upstream, ...upstreams.values()];
}
