import { loadCredentials } from './load-credentials.ts';
import type { LoadedUpstream } from './loaded.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities } from './tls.ts';

/** By their ids; undefined when one could not be loaded. */
export async function loadUpstreams(
  { upstreams }: SalvagedConfig,
  sources: Sources,
  report: Report,
): Promise<Map<string, LoadedUpstream> | undefined> {
  const loaded = new Map<string, LoadedUpstream>();
  const all = Object.entries(upstreams ?? {});
  for (const [id, upstream] of all) {
    const one = await loadUpstream(upstream, ['upstreams', id], sources, report);
    if (one) loaded.set(id, one);
  }
  return loaded.size === all.length ? loaded : undefined;
}

export async function loadUpstream(
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
