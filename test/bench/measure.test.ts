import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { median, spread } from './measure/median.ts';
import { cpuOf, processesOf, rssOf } from './measure/processes.ts';
import { optionsOf } from './options.ts';
import { requiredTable } from './report/required.ts';
import type { Results } from './report/results.ts';
import { figure } from './report/table.ts';

t.test('the median is in the middle, and the spread a share of it', (t) => {
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.equal(spread([9, 10, 12]), 0.3);
  t.end();
});

t.test('CPU and memory of a process are with those of its children', async (t) => {
  const busy =
    'const end = performance.now() + 300; while (performance.now() < end); console.log(1); setTimeout(() => {}, 60000)';
  const outer = `const child = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'inherit' }); process.on('SIGTERM', () => { child.kill(); child.on('exit', () => process.exit()) })`;
  const child = spawn(process.execPath, ['-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  await once(child.stdout, 'data');
  const { pid = 0 } = child;
  const processes = processesOf(pid);
  t.equal(processes.length, 2);
  t.ok(cpuOf(pid) > cpuOf(processes[1] ?? 0), 'both are counted');
  t.ok(cpuOf(processes[1] ?? 0) > 0);
  t.ok(rssOf(pid) > rssOf(processes[1] ?? 0));
});

t.test('a process that is gone has used nothing', async (t) => {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  t.equal(cpuOf(child.pid ?? 0), 0);
});

t.test('options that there are not are refused with the usage', (t) => {
  t.throws(() => optionsOf(['--peers', 'apache']), { message: /no peer "apache"\nnpm run bench/ });
  t.throws(() => optionsOf(['--rounds', '0']), { message: /"0" is not a number above 0/ });
  t.throws(() => optionsOf(['--round', '1']));
  t.match(optionsOf(['--short', '--cases', 'a,b']), { rounds: 2, seconds: 1, cases: ['a', 'b'], gate: 'no' });
  t.end();
});

t.test('what is not reached is called so', (t) => {
  const cost = (label: string, cpu: number, kib: number | null = null) => ({
    label,
    unit: 'request',
    cpu,
    cpuSpread: 0,
    kib,
    kibSpread: null,
    rate: 1,
    p50: 1,
    p99: 1,
  });
  const results = (ours: number): Results =>
    ({
      cases: { 'get-1k': { kind: 'cost', costs: [cost('njs', 100), cost('ours', ours, 41)] } },
    }) as unknown as Results;
  const verdict = (ours: number, what: string): readonly string[] | undefined =>
    requiredTable(results(ours))
      .rows.find(([name]) => name === what)
      ?.slice(3);
  const get = 'GET 1 KiB ÷ nginx that signs';
  t.strictSame(verdict(100, get), ['1.00', 'the aim too']);
  t.strictSame(verdict(200, get), ['2.00', 'reached']);
  t.strictSame(verdict(201, get), ['2.01', 'not reached']);
  t.strictSame(verdict(201, 'allocation of a GET 1 KiB'), ['41.0 KiB', 'not reached']);
  t.strictSame(verdict(201, 'start to ready'), ['', 'not measured']);
  t.end();
});

t.test('figures have three digits or more', (t) => {
  t.strictSame([1.234, 12.34, 123.4, 1234.5, 12345].map(figure), ['1.23', '12.3', '123', '1,235', '12,345']);
  t.end();
});
