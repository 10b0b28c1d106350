import t from 'tap';
import { workerCount } from '../../src/workers/count.ts';

/** Files of the kernel, as a container or a host shows them. */
type Kernel = Readonly<Record<string, string>>;

const STATUS = 'Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0\n';

function auto(kernel: Kernel, available = 8): number {
  return workerCount('auto', (path) => kernel[path], available);
}

t.test('a number is a number, and 1 without one', async (t) => {
  t.equal(
    workerCount(undefined, () => undefined, 8),
    1,
  );
  t.equal(
    workerCount(3, () => undefined, 1),
    3,
  );
});

t.test('auto is what the affinity and the quota of the cgroup leave, rounded down, 1 at least', async (t) => {
  const v2 = (cpuMax: string): Kernel => ({
    '/proc/self/status': STATUS,
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/cpu.max': cpuMax,
  });
  const v1 = (quota: string, mount = 'cpu,cpuacct'): Kernel => ({
    '/proc/self/status': STATUS,
    '/proc/self/cgroup': `11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n`,
    [`/sys/fs/cgroup/${mount}/cpu.cfs_quota_us`]: `${quota}\n`,
    [`/sys/fs/cgroup/${mount}/cpu.cfs_period_us`]: '100000\n',
  });
  const rows: readonly (readonly [string, Kernel, number])[] = [
    ['no quota', v2('max 100000\n'), 8],
    ['two CPUs', v2('200000 100000\n'), 2],
    ['two and a half', v2('250000 100000\n'), 2],
    ['half a CPU', v2('50000 100000\n'), 1],
    ['more than there are', v2('3200000 100000\n'), 8],
    ['a short file', v2(''), 8],
    ['version 1 without a quota', v1('-1'), 8],
    ['version 1, three CPUs', v1('300000'), 3],
    ['version 1, mounted under one name', v1('300000', 'cpu'), 3],
    ['affinity alone', { '/proc/self/status': 'Cpus_allowed_list:\t0,2-3,9\n' }, 4],
    ['nothing is known', {}, 8],
    [
      'a quota of a cgroup above',
      {
        '/proc/self/status': STATUS,
        '/proc/self/cgroup': '0::/system.slice/ssec-proxy.service\n',
        '/sys/fs/cgroup/system.slice/ssec-proxy.service/cpu.max': 'max 100000\n',
        '/sys/fs/cgroup/system.slice/cpu.max': '400000 100000\n',
      },
      4,
    ],
    [
      'both versions at once',
      {
        '/proc/self/status': STATUS,
        '/proc/self/cgroup': '1:cpu:/\n0::/a\n',
        '/sys/fs/cgroup/unified/a/cpu.max': '500000 100000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '600000\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      5,
    ],
  ];
  for (const [what, kernel, count] of rows) t.equal(auto(kernel), count, what);
});

t.test('on this machine it is at least one', async (t) => {
  t.ok(workerCount('auto') >= 1);
});
