import type { Upstream } from './upstream.ts';

/** As in `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`. Hosts are made of it, so nothing else passes for one. */
const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** What stands for the region in the hosts of a provider. */
const PLACE = 'REGION';

export function isRegion(text: unknown): text is string {
  return typeof text === 'string' && REGION.test(text);
}

/** Is the endpoint the provider's own, of one of its regions, so that its other regions are known by name? */
export function hasRegions(upstream: Upstream): boolean {
  return hostPattern(upstream) !== undefined;
}

/**
 * The same store in one of its regions. The host is made of the provider's pattern and the region alone: whatever else a
 * store says of where to go is not believed.
 * @throws TypeError for what is not a region
 */
export function inRegion(upstream: Upstream, region: string): Upstream {
  const pattern = hostPattern(upstream);
  if (pattern === undefined || region === upstream.region) return upstream;
  if (!isRegion(region)) throw new TypeError('a region is not one');
  return { ...upstream, region, hostname: pattern.replace(PLACE, region) };
}

const patterns = new WeakMap<Upstream, string | undefined>();

/** Found out once for each upstream: every request asks. */
function hostPattern(upstream: Upstream): string | undefined {
  if (!patterns.has(upstream)) patterns.set(upstream, findPattern(upstream));
  return patterns.get(upstream);
}

function findPattern({ provider, hostname, basePath }: Upstream): string | undefined {
  if (basePath !== '') return undefined;
  return provider.regionalHosts.find((pattern) => {
    // The global host, which has no region in its name, is one of them all.
    if (hostname === pattern.replace(`${PLACE}.`, '')) return true;
    const [before = '', behind = ''] = pattern.split(PLACE);
    return (
      hostname.startsWith(before) &&
      hostname.endsWith(behind) &&
      isRegion(hostname.slice(before.length, hostname.length - behind.length))
    );
  });
}
