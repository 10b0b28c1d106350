import { Secret } from '../secret.ts';
import { loadCredentials } from './load-credentials.ts';
import type { LoadedUpstream } from './loaded.ts';
import { type Needs, neededUpstreams } from './needs.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities } from './tls.ts';

/** The default upstream, and the others by their ids; undefined when one could not be loaded. */
export async function loadUpstreams(
  config: SalvagedConfig,
  sources: Sources,
  { report, needs }: { readonly report: Report; readonly needs: Needs },
): Promise<{
  readonly upstream: LoadedUpstream | undefined;
  readonly upstreams: ReadonlyMap<string, LoadedUpstream> | undefined;
}> {
  const needed = neededUpstreams(config, needs);
  const load = (one: SalvagedConfig['upstream'], id: string | undefined, path: Path) =>
    needed.has(id) ? loadUpstream(one, path, sources, report) : NOT_NEEDED;
  const loaded = new Map<string, LoadedUpstream>();
  const upstream = await load(config.upstream, undefined, ['upstream']);
  const others = Object.entries(config.upstreams ?? {});
  for (const [id, other] of others) {
    const one = await load(other, id, ['upstreams', id]);
    if (one) loaded.set(id, one);
  }
  return { upstream, upstreams: loaded.size === others.length ? loaded : undefined };
}

/** Nobody asks it; what it would be signed with is nobody's. */
const NOT_NEEDED: LoadedUpstream = {
  ca: undefined,
  credentials: { accessKeyId: 'not-loaded', secretAccessKey: new Secret('') },
};

async function loadUpstream(
  upstream: SalvagedConfig['upstream'],
  path: Path,
  sources: Sources,
  report: Report,
): Promise<LoadedUpstream | undefined> {
  const caPath: Path = [...path, 'ca'];
  const content = await sources.file(upstream?.ca, caPath);
  const ca = content === undefined ? undefined : checkAuthorities(content, caPath, report);
  const credentials = await loadCredentials(upstream?.credentials, [...path, 'credentials'], sources);
  return credentials && { ca, credentials };
}
