import type { Upstream } from './upstream.ts';

/** The placeholder of the region in the hosts of a provider. */
const PLACE = 'REGION';

export function isRegion(text: unknown, { provider }: Pick<Upstream, 'provider'>): text is string {
  return typeof text === 'string' && provider.regionNames.test(text);
}

/** Is the endpoint one of the provider's own, so that the hosts of its other regions are known? */
export function hasRegions(upstream: Upstream): boolean {
  return hostPattern(upstream) !== undefined;
}

/**
 * The same store in one of its regions. The host is built only from the provider's pattern and the region; any other
 * redirect of a store is ignored.
 * @throws TypeError for an invalid region
 */
export function inRegion(upstream: Upstream, region: string): Upstream {
  const pattern = hostPattern(upstream);
  if (pattern === undefined || region === upstream.region) return upstream;
  if (!isRegion(region, upstream)) throw new TypeError('not a region');
  return { ...upstream, region, hostname: pattern.replace(PLACE, region) };
}

const patterns = new WeakMap<Upstream, string | undefined>();

/** Found out once for each upstream: every request asks. */
function hostPattern(upstream: Upstream): string | undefined {
  if (!patterns.has(upstream)) patterns.set(upstream, findPattern(upstream));
  return patterns.get(upstream);
}

function findPattern(upstream: Upstream): string | undefined {
  const { provider, hostname, basePath } = upstream;
  if (basePath !== '') return undefined;
  return provider.regionalHosts.find(
    // The global host, without a region in its name, counts as one of the provider's.
    (pattern) =>
      hostname === pattern.replace(`${PLACE}.`, '') || isRegion(between(hostname, pattern), upstream),
  );
}

/**
 * The region in the host of a redirect, with or without the bucket before it; undefined for any host that has not exactly
 * the form of the endpoint's.
 */
export function regionOfUrl(
  location: string | undefined,
  bucket: string,
  upstream: Upstream,
): string | undefined {
  const host = /^https?:\/\/([a-z0-9.-]{1,255})(?:[:/?]|$)/.exec(location ?? '')?.[1] ?? '';
  const own = host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host;
  return regionOf(own, upstream) ?? regionOf(host, upstream);
}

function regionOf(hostname: string, upstream: Upstream): string | undefined {
  const pattern = hostPattern(upstream);
  const region = pattern === undefined ? undefined : between(hostname, pattern);
  return isRegion(region, upstream) ? region : undefined;
}

/** What stands in a host where the pattern has the region. */
function between(hostname: string, pattern: string): string | undefined {
  const [before = '', behind = ''] = pattern.split(PLACE);
  if (!hostname.startsWith(before) || !hostname.endsWith(behind)) return undefined;
  return hostname.slice(before.length, hostname.length - behind.length);
}
