import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CHART, caseNames, valuesOf } from '../../chart/helm.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Held } from '../cluster/objects.ts';
import { namespace } from '../manifests.ts';
import { ROOT } from '../stand.ts';
import { demand, type Step } from '../step.ts';

/** API groups whose definitions no Go module has. */
const UNDEFINED = ['external-secrets.io', 'postgresql.cnpg.io', 'longhorn.io'];

/** What the API server says of manifests, in a dry run: their fields, who may make them, and PodSecurity. */
export const ACCEPTED_STEPS: readonly Step[] = [
  {
    what: "each case of the chart's tests is accepted, and its pods pass PodSecurity `restricted`",
    run: async ({ cluster }) => {
      const place = 'cases';
      await cluster.apply([watched(place)]);
      const all = new Map<string, string>();
      for (const name of caseNames()) {
        const text = await cluster.helm('template', 'ssec-proxy', CHART, '-n', place, ...valuesOf(name));
        all.set(name, text);
      }
      try {
        const count = await acceptAll(cluster, all);
        return `${caseNames().length} cases, ${count} objects; none of ${UNDEFINED[0]}, which is not defined here`;
      } finally {
        await cluster.kubectl('delete', 'namespace', place);
      }
    },
  },
  {
    what: 'each manifest of deploy/examples is accepted, and its pods pass PodSecurity `restricted`',
    run: async ({ cluster }) => {
      const files = globSync(
        'deploy/examples/**/{manifest,service,service-config,sidecar,vault,verify}.yaml',
        {
          cwd: ROOT,
        },
      );
      const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')));
      const all = texts.flatMap(objectsOf).map(({ metadata }) => metadata.namespace ?? 'examples');
      const places = [...new Set(['examples', ...all])].filter((name) => name !== 'default');
      const before = await cluster.api.list('/api/v1/namespaces');
      const fresh = places.filter((name) => !before.some(({ metadata }) => metadata.name === name));
      await cluster.apply(places.map(watched));
      const named = new Map(files.map((file, index) => [file, texts[index] ?? '']));
      try {
        const count = await acceptAll(cluster, named, '-n', 'examples');
        return `${files.length} files, ${count} objects; none of ${UNDEFINED.slice(1).join(' and ')}, which are not defined here`;
      } finally {
        await cluster.kubectl('delete', 'namespace', ...fresh);
      }
    },
  },
];

/** In such a namespace the API server warns of pods that it would refuse, in what makes them. */
function watched(name: string): object {
  const { metadata, ...rest } = namespace(name) as Held;
  const labels = { ...metadata.labels, 'pod-security.kubernetes.io/warn': 'restricted' };
  return { ...rest, metadata: { ...metadata, labels } };
}

/** Asks for each, and throws with all that were refused. Gives how many objects there were. */
async function acceptAll(
  cluster: Cluster,
  texts: ReadonlyMap<string, string>,
  ...args: readonly string[]
): Promise<number> {
  const refused: string[] = [];
  let count = 0;
  for (const [what, text] of texts) {
    try {
      count += await accept(cluster, what, text, ...args);
    } catch (error) {
      refused.push(String(error));
    }
  }
  demand(refused.length === 0, refused.join('\n'));
  return count;
}

async function accept(
  { kubectl, apply, file }: Cluster,
  what: string,
  text: string,
  ...args: readonly string[]
): Promise<number> {
  const known = objectsOf(text).filter(
    ({ apiVersion = '' }) => !UNDEFINED.includes(apiVersion.split('/')[0] ?? ''),
  );
  demand(known.length > 0, `${what}: no objects`);
  // Pods of a dry run need theirs to be there.
  const accounts = known.filter(({ kind }) => kind === 'ServiceAccount');
  if (accounts.length > 0) await apply(accounts);
  const rest = known.filter(({ kind }) => kind !== 'ServiceAccount');
  const items = { apiVersion: 'v1', kind: 'List', items: rest };
  const path = await file('dry-run.json', JSON.stringify(items));
  try {
    const how = ['--dry-run=server', '--warnings-as-errors', '--validate=strict'];
    await kubectl('create', ...how, '-f', path, ...(known.some(hasPlace) ? [] : args));
  } catch (error) {
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  }
  return known.length;
}

function hasPlace({ metadata }: Held): boolean {
  return metadata.namespace !== undefined;
}

function objectsOf(text: string): readonly Held[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Held | null)
    .filter((held) => held !== null);
}
