import { links } from '../load/links.ts';
import { cpuOf, processesOf } from '../measure/processes.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Stand } from '../stand/stand.ts';
import type { Entrant } from './cases.ts';
import { type Bounds, type Cost, measureCase } from './measure-case.ts';
import { get } from './works.ts';

/** What several processes cost beside one, and how the work is spread. */
export interface Workers {
  readonly costs: readonly Cost[];
  readonly shares: readonly Share[];
}

/** Of the CPU of all workers, what the one that did least took, with so many connections. */
interface Share {
  readonly workers: number;
  readonly connections: number;
  readonly least: number;
}

const COUNTS = [1, 2, 4];
const CONNECTIONS = [16, 64, 1000];

export async function measureWorkers(stand: Stand, bounds: Bounds): Promise<Workers> {
  const work = get('1k');
  const entrants = (): Entrant[] =>
    COUNTS.map((workers) => ({
      label: workers === 1 ? 'one process' : `${workers} workers`,
      variant: variant(workers),
      work,
    }));
  const costs = await measureCase(stand, { name: 'workers', title: '', entrants }, bounds);
  const shares: Share[] = [];
  for (const connections of CONNECTIONS)
    shares.push({ workers: 2, connections, least: await leastShare(stand, 2, connections) });
  return { costs, shares };
}

/** The same limits whatever the number of workers: what is measured is refused nothing. */
function variant(workers: number): Variant {
  return {
    more: `workers: ${workers}\nlimits: { connections: 4000, requestsPerClient: 4000 }`,
    upstream: '  limits: { connections: 600, queue: 2000, wait: 60s }\n  timeouts: { connect: 60s }',
  };
}

async function leastShare(stand: Stand, workers: number, connections: number): Promise<number> {
  const proxy = await stand.proxy(variant(workers));
  const each = (): Map<number, number> =>
    new Map(
      processesOf(proxy.pid)
        .slice(1)
        .map((pid) => [pid, cpuOf(pid)]),
    );
  const before = each();
  if (before.size !== workers) throw new Error(`there are ${before.size} workers, not ${workers}`);
  await links(stand.ground, proxy, { ...get('1k'), connections }, { requests: connections * 8 });
  const used = [...each()].map(([pid, cpu]) => cpu - (before.get(pid) ?? 0));
  return Math.min(...used) / used.reduce((sum, cpu) => sum + cpu, 0);
}
