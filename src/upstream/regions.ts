import type { Upstream } from './upstream.ts';

/** As in `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`. Hosts are built from it, so nothing else is accepted. */
const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** The placeholder of the region in the hosts of a provider. */
const PLACE = 'REGION';

export function isRegion(text: unknown): text is string {
  return typeof text === 'string' && REGION.test(text);
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
  if (!isRegion(region)) throw new TypeError('not a region');
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
    // The global host, without a region in its name, counts as one of the provider's.
    if (hostname === pattern.replace(`${PLACE}.`, '')) return true;
    const [before = '', behind = ''] = pattern.split(PLACE);
    return (
      hostname.startsWith(before) &&
      hostname.endsWith(behind) &&
      isRegion(hostname.slice(before.length, hostname.length - behind.length))
    );
  });
}
