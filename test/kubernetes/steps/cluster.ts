import { applyCrds, modulesOf } from '../cluster/crds.ts';
import { until } from '../cluster/process.ts';
import { added, inventory } from '../inventory.ts';
import { demand, type Step } from '../step.ts';

/** What stood in the cluster before anything of the project was installed. */
let before: ReadonlySet<string> = new Set();

export const FIRST_STEPS: readonly Step[] = [
  {
    what: 'resources of cert-manager, the Prometheus operator, Velero and the Barman plugin are defined',
    run: async ({ cluster }) => {
      const count = await applyCrds(cluster, await modulesOf());
      before = await inventory(cluster);
      return `${count} definitions`;
    },
  },
];

export const LAST_STEPS: readonly Step[] = [
  {
    what: 'all is removed, and nothing is left',
    run: async ({ cluster }) => {
      const releases = JSON.parse(await cluster.helm('list', '-A', '-o', 'json')) as {
        name: string;
        namespace: string;
      }[];
      for (const { name, namespace } of releases) {
        await cluster.helm('uninstall', name, '-n', namespace, '--wait', '--timeout', '120s');
      }
      const labelled = ['-A', '-l', 'app.kubernetes.io/name=ssec-proxy', '-o', 'name', '--ignore-not-found'];
      const kinds = (await cluster.kubectl('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
      // Pods take their grace.
      const left = async (): Promise<string> =>
        (await cluster.kubectl('get', kinds.join(','), ...labelled)).trim();
      await until('the uninstall leaves nothing', async () => (await left()) === '', 90).catch(
        async (error) => {
          throw new Error(`${String(error)}: ${await left()}`);
        },
      );
      const spaces = ['store', 'clients', 'storage', 'apps', 'everything', 'injector'];
      await cluster.kubectl('delete', 'namespace', '--ignore-not-found', '--timeout=120s', ...spaces);
      const rest = added(before, await inventory(cluster));
      demand(rest.length === 0, `left: ${rest.join(', ')}`);
      return `${releases.length} releases; as many objects as before the first`;
    },
  },
];
