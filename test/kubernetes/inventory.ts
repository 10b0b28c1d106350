import type { Cluster } from './cluster/cluster.ts';

/** Kinds that come and go by themselves. */
const PASSING = ['events', 'events.events.k8s.io', 'leases.coordination.k8s.io'];

/** Every object that the API server holds, as `kind namespace/name`. */
export async function inventory({ kubectl }: Cluster): Promise<ReadonlySet<string>> {
  const kinds = await kubectl('api-resources', '--verbs=list', '-o', 'name');
  const listed = kinds.split('\n').filter((kind) => kind !== '' && !PASSING.includes(kind));
  const columns = 'custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name';
  const said = await kubectl(
    'get',
    listed.join(','),
    '-A',
    '-o',
    columns,
    '--no-headers',
    '--ignore-not-found',
  );
  const lines = said.split('\n').map((line) => line.trim().split(/\s+/));
  return new Set(lines.filter(([kind]) => kind).map(([kind, space, name]) => `${kind} ${space}/${name}`));
}

/** What is in the second and was not in the first. */
export function added(before: ReadonlySet<string>, after: ReadonlySet<string>): readonly string[] {
  return [...after].filter((one) => !before.has(one));
}
