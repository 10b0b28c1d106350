import type { Config } from '../../config/schema.ts';
import { parseSize } from '../../config/size.ts';
import { parseQuantity } from './quantity.ts';
import type { Settings } from './schema.ts';

type Amounts = Partial<Record<string, string>>;

export interface Resources {
  readonly requests: Readonly<Amounts>;
  readonly limits: Readonly<Amounts>;
}

/** Those of deploy/examples/sidecar.yaml. */
const REQUESTS = { cpu: '50m', memory: '128Mi' };
const LEAST_LIMIT_MIB = 512;

/** What the sidecar gets: the amounts of the profile, and for others those by default, which give way to them. */
export function resourcesOf(given: Settings['resources'], config: Config): Resources {
  const memory = `${Math.max(LEAST_LIMIT_MIB, memoryNeed(config, given?.limits?.cpu))}Mi`;
  const requests: Amounts = { ...REQUESTS, ...given?.requests };
  const limits: Amounts = { memory, ...given?.limits };
  for (const [name, limit] of Object.entries(limits)) {
    const request = requests[name];
    if (request === undefined || limit === undefined || !isMore(request, limit)) continue;
    if (given?.requests && name in given.requests) limits[name] = request;
    else requests[name] = limit;
  }
  return { requests, limits };
}

export function isMore(one: string, other: string): boolean {
  return (parseQuantity(one) ?? 0) > (parseQuantity(other) ?? 0);
}

/** `workers: auto` without a limit of CPU is one for each core of a node that is not known yet. */
export function hasUnknownWorkers({ workers }: Config, given: Settings['resources']): boolean {
  return workers === 'auto' && given?.limits?.cpu === undefined && given?.limits?.memory === undefined;
}

/**
 * What the limits of the config need at most, in MiB: the formula of docs/operate/sizing.md and docs/operate/workers.md with a
 * quarter on top, in steps of 16. The chart has the same.
 */
function memoryNeed(config: Config, cpu: string | undefined): number {
  const { limits, upstream, upstreams, log, audit, memory } = config;
  const toStores = [upstream, ...Object.values(upstreams)].reduce(
    (sum, store) => sum + store.limits.connections,
    0,
  );
  const transfers = Math.min(limits.connections, toStores);
  const open = (limits.connections - transfers) * USED_KIB + limits.refusals * IDLE_KIB;
  const workers = config.workers === 'auto' ? coresOf(cpu) : config.workers;
  const processes = workers > 1 ? workers + 1 : 1;
  const unsized = config.obs ? limits.unsizedBodies : '0KiB';
  const sizes = [limits.documents, limits.clientDocuments, unsized, log.buffer, audit?.buffer ?? '0KiB'];
  const own =
    sizes.reduce((sum, size) => sum + (parseSize(size) ?? 0) / 1024, 0) +
    (memory.objects + memory.uploads + memory.buckets) * REMEMBERED_KIB;
  const need = SHARED_KIB + processes * PROCESS_KIB + transfers * TRANSFER_KIB + open + workers * own;
  return Math.ceil((need * HEADROOM) / STEP_KIB) * (STEP_KIB / 1024);
}

function coresOf(cpu: string | undefined): number {
  return Math.max(1, Math.floor(cpu === undefined ? 1 : (parseQuantity(cpu) ?? 1)));
}

const SHARED_KIB = 49 * 1024;
const PROCESS_KIB = 23 * 1024;
const IDLE_KIB = 50;
const USED_KIB = 65;
const TRANSFER_KIB = 410;
/** 10 MB for the 70,000 that are remembered by default. */
const REMEMBERED_KIB = 10_000 / 70_000;
const HEADROOM = 1.25;
const STEP_KIB = 16 * 1024;
