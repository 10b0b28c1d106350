import { parentPort, workerData } from 'node:worker_threads';
import type { Test } from 'tap';
import { clientWith, SSEC_KEY, startFront } from '../../adversary/support.ts';

/** A proxy alone in its thread, whose CPU and turns of the event loop are its own. */

/** What this many steps of a loop take where the limits were set, in milliseconds of CPU. */
const REFERENCE_MS = 16;
const STEPS = 1_000_000;
const RUNS = 5;

const { storePort, signed } = workerData as { storePort: number; signed: boolean };
const ends: (() => unknown)[] = [];
const thread = { teardown: (end: () => unknown) => void ends.push(end) } as unknown as Test;

let longest = 0;
let watching = false;
let last = 0;

const port = parentPort;
if (!port) throw new Error('this is a thread of test/bench/readers.ts');
const front = await startFront(thread, {
  port: storePort,
  rules: [{ bucket: 'secret', encrypt: [SSEC_KEY] }],
  clients: signed ? [clientWith('client', { admin: true, grants: 'all' })] : [],
  upstream: { etags: 'marked' },
});
port.on('message', (asked: 'cpu' | 'watch' | 'turn' | 'end') => {
  if (asked === 'cpu') port.postMessage(cpu());
  if (asked === 'watch') watch();
  if (asked === 'turn') {
    watching = false;
    port.postMessage(longest);
  }
  if (asked === 'end') void Promise.all(ends.map((end) => end())).then(() => port.close());
});
port.postMessage({ port: front.port, slower: calibrated() / REFERENCE_MS });

/** Of this thread, in milliseconds. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Measures each turn of the event loop by the CPU between two immediates. */
function watch(): void {
  longest = 0;
  watching = true;
  last = cpu();
  const turn = (): void => {
    const now = cpu();
    longest = Math.max(longest, now - last);
    last = now;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
}

function calibrated(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const before = cpu();
    let value = 1;
    for (let step = 0; step < STEPS; step += 1) value = (value * 48_271) % 2_147_483_647;
    if (value === 0) throw new Error('the loop was not run');
    best = Math.min(best, cpu() - before);
  }
  return best;
}
