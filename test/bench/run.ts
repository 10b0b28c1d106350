import { loadavg } from 'node:os';
import { CASES } from './cases/cases.ts';
import { measureLatency } from './cases/latency.ts';
import { measureCase } from './cases/measure-case.ts';
import { measureMemory } from './cases/memory.ts';
import { measureObserving } from './cases/observing.ts';
import { measureStart } from './cases/start.ts';
import { measureWorkers } from './cases/workers.ts';
import { get, put } from './cases/works.ts';
import { gate } from './gate.ts';
import { type Options, optionsOf } from './options.ts';
import { machine } from './report/machine.ts';
import { type Measured, type Result, writeResults } from './report/results.ts';
import { tableOf, textOf } from './report/table.ts';
import { Stand } from './stand/stand.ts';

interface Task {
  readonly name: string;
  readonly title: string;
  readonly measure: (stand: Stand, options: Options) => Promise<Measured>;
}

const TASKS: readonly Task[] = [
  ...CASES.map(
    (one): Task => ({
      name: one.name,
      title: one.title,
      measure: async (stand, options) => ({ kind: 'cost', costs: await measureCase(stand, one, options) }),
    }),
  ),
  {
    name: 'latency',
    title: 'Latency of a GET 1 KiB at a fixed rate',
    measure: async (stand, options) => ({ kind: 'latency', latencies: await measureLatency(stand, options) }),
  },
  {
    name: 'workers',
    title: 'GET 1 KiB by several workers',
    measure: async (stand, options) => ({ kind: 'workers', ...(await measureWorkers(stand, options)) }),
  },
  ...Object.entries({ 'observing-get-1k': () => get('1k'), 'observing-put-1k': () => put('1k') }).map(
    ([name, work]): Task => ({
      name,
      title: 'Log, metrics, status, audit and spans',
      measure: async (stand, { manyRounds }) => ({
        kind: 'observing',
        rounds: manyRounds,
        observing: await measureObserving(stand, work(), manyRounds),
      }),
    }),
  ),
  {
    name: 'memory',
    title: 'Memory of the process',
    measure: async (stand) => ({ kind: 'memory', memory: await measureMemory(stand) }),
  },
  {
    name: 'start',
    title: 'From start to ready',
    measure: async (stand, { main, rounds }) => ({
      kind: 'start',
      starts: await measureStart(stand, main, rounds),
    }),
  },
];

// Node reads what it names at each start, 1 MiB of it, and the image names nothing.
delete process.env.NODE_EXTRA_CA_CERTS;

/** What the proxy costs beside nginx, nginx that signs, and the store alone. */
const options = optionsOf(process.argv.slice(2));
const unknown = options.cases?.find((name) => !TASKS.some((task) => task.name === name));
if (unknown !== undefined)
  throw new TypeError(`there is no case "${unknown}"; there are ${TASKS.map(({ name }) => name).join(', ')}`);
const stand = await Stand.open(options.main);
try {
  if (options.gate === 'no') await measureAll();
  else process.exitCode = await gate(stand, options);
} finally {
  await stand.close();
}

async function measureAll(): Promise<void> {
  for (const { name, title, measure } of TASKS) {
    if (options.cases && !options.cases.includes(name)) continue;
    const before = minuteLoad();
    const measured = await measure(stand, options);
    await stand.endProxies();
    const { rounds, seconds } = { ...options, ...measured };
    const date = new Date().toISOString().slice(0, 10);
    const result: Result = { title, date, rounds, seconds, load: [before, minuteLoad()], ...measured };
    process.stdout.write(
      `\n${title} (${name}; load ${result.load.map((one) => one.toFixed(1)).join(' to ')})\n${textOf(tableOf(measured))}`,
    );
    // After each of them, as a run takes long.
    if (options.write) writeResults(machine(options.peers), { [name]: result });
  }
}

function minuteLoad(): number {
  return loadavg()[0] ?? 0;
}
