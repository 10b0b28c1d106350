import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Probe } from '../load/probe.ts';
import { type Folder, type Lane, makeFolder, writeConfig } from './lab/config.ts';
import { ProxyProcess } from './lab/proxy.ts';
import { Store } from './lab/store.ts';
import type { Load } from './limits/load.ts';
import { LOADS } from './limits/loads/loads.ts';
import { Peak } from './limits/peak.ts';
import type { Way } from './row.ts';

/**
 * Plays every load against a proxy of its own, over plain and over TLS, and prints a line for each. All is judged by
 * outcomes, counts, descriptors and memory.
 */
const HELP = `npm run test:limits -- [OPTIONS]
  --only TEXT        loads whose name has the text
  --over plain|tls   one way only
  --short            those that take a few seconds
`;
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    over: { type: 'string' },
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const PROBE = pathToFileURL(join(import.meta.dirname, '../load/probe.ts')).href;
/** What Node says of the probe itself. */
const OF_THE_PROBE = /ExperimentalWarning: v8|--trace-warnings/;
const BACK_WITHIN_MS = 5000;
/** An allocator gives pages back after a while. */
const FREED_WITHIN_MS = 15_000;
/** The connection that asks for the metrics, and the like. */
const DESCRIPTORS = 2;
/** Of heap, for what is compiled and remembered. Not what a leak of a kilobyte for each of 1,500 clients would be. */
const HEAP_MIB = 8;
const MIB = 1024 * 1024;
/** Thousands of handshakes take long on a busy machine. All else, and all limits, are as they are by default. */
const LONG = { handshake: '120s', head: '600s' };

if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const folder = await makeFolder();
  const begin = performance.now();
  let [played, red] = [0, 0];
  try {
    for (const load of chosen())
      for (const way of ['plain', 'tls'] as const) {
        if ((load.over ?? way) !== way || (values.over ?? way) !== way) continue;
        const title = `${load.name}, ${way}`;
        const reason = load.skip?.();
        if (reason !== undefined) process.stdout.write(`skipped ${title}: ${reason}\n`);
        else {
          played += 1;
          if (!(await playOne(load, way, folder, title))) red += 1;
        }
      }
  } finally {
    await folder.remove();
  }
  if (played === 0) throw new Error('no load is like that');
  const seconds = Math.round((performance.now() - begin) / 1000);
  process.stdout.write(`${played - red} of ${played} passed in ${seconds} s\n`);
  if (red > 0) process.exitCode = 1;
}

function chosen(): readonly Load[] {
  return LOADS.filter(({ name, short }) => name.includes(values.only) && (short || !values.short));
}

async function playOne(load: Load, way: Way, folder: Folder, title: string): Promise<boolean> {
  const store = new Store(folder.tls);
  const { end, ...start } = (await load.start?.(folder.path)) ?? {};
  const proxy = new ProxyProcess(await configOf(load, way, folder, store), {
    ...start,
    env: { NODE_OPTIONS: `--import=${PROBE}`, ...start.env },
  });
  const said: string[] = [];
  const faults: string[] = [];
  try {
    const ports = await proxy.started();
    const before = await stateOf(proxy);
    const peak = new Peak(proxy.pid);
    const ca = way === 'tls' ? folder.tls.ca : undefined;
    const context = ca === undefined ? undefined : createSecureContext({ ca });
    const { descriptors } = before;
    const say = (text: string): void => void said.push(text);
    faults.push(
      ...(await load.play({
        way,
        address: { port: ports[way], ca },
        context,
        proxy,
        store,
        peak,
        descriptors,
        say,
      })),
    );
    peak.stop();
    faults.push(...(await afterwards(before, peak, proxy, load)));
    said.push(
      `descriptors ${descriptors}, ${peak.descriptors} at most; memory ${Math.round(before.memory)}, ${Math.round(peak.memory)} MiB at most, ${Math.round(await proxy.memory())} now`,
    );
  } finally {
    faults.push(...(await proxy.stop()));
    end?.();
    store.close();
  }
  process.stdout.write(`${faults.length === 0 ? 'ok' : 'FAILED'} ${title}\n`);
  for (const text of said) process.stdout.write(`    ${text}\n`);
  for (const fault of faults) process.stdout.write(`    FAULT ${fault}\n`);
  return faults.length === 0;
}

async function configOf(load: Load, way: Way, folder: Folder, store: Store): Promise<string> {
  const { name, timeouts, hosts = { load: '127.0.0.1' } } = load;
  const port = await store.open('load', load.store, way === 'tls');
  const lanes = Object.entries(hosts).map(([bucket, host]): Lane => {
    const endpoint = `${way === 'tls' ? 'https' : 'http'}://${host}:${port}`;
    const row = { name, kind: 'limit', store: load.store, asks: [], upstream: { endpoint } } as const;
    return { name: bucket, row: timeouts ? { ...row, timeouts } : row, way, port };
  });
  const { upstream = {}, listener = {} } = load;
  const top = { limits: {}, timeouts: LONG, ...load.top };
  return await writeConfig(folder, lanes, { upstream, listener, top });
}

interface State extends Probe {
  readonly descriptors: number;
  readonly memory: number;
}

async function stateOf(proxy: ProxyProcess): Promise<State> {
  const probes = (): readonly string[] => proxy.complaints.filter((line) => line.startsWith('{"heap":'));
  const before = probes().length;
  proxy.probe();
  while (probes().length === before && proxy.running) await pause(20);
  const probe = JSON.parse(probes().at(-1) ?? '{}') as Probe;
  return { ...probe, descriptors: await proxy.descriptors(), memory: await proxy.memory() };
}

async function afterwards(before: State, peak: Peak, proxy: ProxyProcess, load: Load): Promise<string[]> {
  if (!proxy.running) return ['the proxy has ended', ...proxy.complaints];
  const until = performance.now() + (load.backWithin ?? BACK_WITHIN_MS);
  while ((await proxy.descriptors()) > before.descriptors + DESCRIPTORS && performance.now() < until)
    await pause(50);
  const { descriptors } = await stateOf(proxy);
  const grown = await heapGrown(proxy, before.heap, until);
  const kept = load.kept === undefined ? undefined : await keptBy(proxy, before.memory, load.kept);
  const complaints = proxy.complaints.filter(
    (line) => !line.startsWith('{"heap":') && !OF_THE_PROBE.test(line),
  );
  return [
    ...(descriptors > before.descriptors + DESCRIPTORS
      ? [`${descriptors} descriptors, ${before.descriptors} before`]
      : []),
    ...(grown > HEAP_MIB ? [`the heap holds ${grown.toFixed(1)} MiB more than before`] : []),
    ...(peak.memory > load.memory
      ? [`${Math.round(peak.memory)} MiB at most, more than ${load.memory}`]
      : []),
    ...(kept === undefined ? [] : [`${Math.round(kept)} MiB more than before are kept`]),
    ...complaints.map((line) => `on standard error: ${line}`),
  ];
}

/** What connections held goes when their ends have been seen, which is a moment after their descriptors. @returns MiB */
async function heapGrown(proxy: ProxyProcess, before: number, until: number): Promise<number> {
  const grown = async (): Promise<number> => ((await stateOf(proxy)).heap - before) / MIB;
  let now = await grown();
  while (now > HEAP_MIB && performance.now() < until) {
    await pause(250);
    now = await grown();
  }
  return now;
}

/** @returns MiB above those before, if too many stay */
async function keptBy(proxy: ProxyProcess, before: number, most: number): Promise<number | undefined> {
  const until = performance.now() + FREED_WITHIN_MS;
  let kept = (await proxy.memory()) - before;
  while (kept > most && performance.now() < until) {
    await pause(250);
    kept = (await proxy.memory()) - before;
  }
  return kept > most ? kept : undefined;
}
