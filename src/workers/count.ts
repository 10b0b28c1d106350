import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Reads a small file of the kernel; undefined where there is none. */
type ReadText = (path: string) => string | undefined;

/** How many processes serve. */
export function workerCount(
  asked: number | 'auto' | undefined,
  readText: ReadText = readKernelFile,
  available: number = availableParallelism(),
): number {
  if (asked !== 'auto') return asked ?? 1;
  return Math.max(1, Math.floor(Math.min(allowedCpus(readText) ?? available, cpuQuota(readText))));
}

/**
 * The CPUs of the affinity mask. Node's own figure, which means to heed quotas too, is taken only where there is no such
 * mask: in a cgroup of version 1 with a quota of one CPU, libuv 1.52 said 2.
 */
function allowedCpus(readText: ReadText): number | undefined {
  const list = /^Cpus_allowed_list:\s*([0-9,-]+)$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  if (list === undefined) return undefined;
  const counts = list.split(',').map((range) => {
    const [first = '', last = first] = range.split('-');
    return Number(last) - Number(first) + 1;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** CPUs that the cgroup of this process, and those above it, leave to it; infinite without a quota. */
function cpuQuota(readText: ReadText): number {
  const groups = (readText('/proc/self/cgroup') ?? '').split('\n').map(parseGroup);
  const quotas = groups.flatMap(({ controllers, path }) => {
    if (controllers === '')
      return MOUNTS_V2.flatMap((mount) => above(path).map((group) => quotaV2(mount + group, readText)));
    if (!controllers.split(',').includes('cpu')) return [];
    return [controllers, 'cpu'].flatMap((mount) =>
      above(path).map((group) => quotaV1(`/sys/fs/cgroup/${mount}${group}`, readText)),
    );
  });
  return Math.min(...quotas, Number.POSITIVE_INFINITY);
}

/** Beside version 1, version 2 is mounted below. */
const MOUNTS_V2 = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** https://docs.kernel.org/admin-guide/cgroup-v1/cgroups.html: `hierarchy-ID:controller-list:cgroup-path`; version 2 has no controllers. */
function parseGroup(line: string): { controllers: string; path: string } {
  const [id = '', controllers = id, ...path] = line.split(':');
  return { controllers, path: path.join(':') };
}

/** A cgroup and all above it, the root last: `/a/b`, `/a`, ``. In a container, only the root may be there. */
function above(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].toReversed().map((count) =>
    names
      .slice(0, count)
      .map((name) => `/${name}`)
      .join(''),
  );
}

/** https://docs.kernel.org/admin-guide/cgroup-v2.html: "cpu.max … in the following format: $MAX $PERIOD", where $MAX may be "max". */
function quotaV2(group: string, readText: ReadText): number {
  const [most = '', period = ''] = (readText(`${group}/cpu.max`) ?? '').trim().split(' ');
  return shareOf(most, period);
}

/** https://docs.kernel.org/scheduler/sched-bwc.html: a quota of -1 is none. */
function quotaV1(group: string, readText: ReadText): number {
  return shareOf(
    readText(`${group}/cpu.cfs_quota_us`)?.trim() ?? '',
    readText(`${group}/cpu.cfs_period_us`)?.trim() ?? '',
  );
}

function shareOf(quota: string, period: string): number {
  const share = Number(quota || Number.NaN) / Number(period || Number.NaN);
  return share > 0 ? share : Number.POSITIVE_INFINITY;
}

function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
