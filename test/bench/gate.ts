import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './cases/cases.ts';
import { measureCase } from './cases/measure-case.ts';
import { MOST_SHARE, observingShares } from './cases/observing.ts';
import { get, list, put } from './cases/works.ts';
import { Link } from './load/link.ts';
import { connection, prepare } from './load/links.ts';
import type { Work } from './load/work.ts';
import { median } from './measure/median.ts';
import type { Options } from './options.ts';
import { figure } from './report/table.ts';
import type { Stand } from './stand/stand.ts';

/** What the proxy allocates and costs now. A commit that raises a figure says why. */
interface Baseline {
  /** KiB that the heap allocates for a request. */
  readonly kib: Readonly<Record<string, number>>;
  /** CPU ÷ that of nginx that signs in njs, for a GET 1 KiB. */
  readonly ratio: number;
}

const PATH = join(import.meta.dirname, 'baseline.json');
/** Above it in each of some processes the gate fails: V8 settles in states that differ by up to 12 % for the same code. */
const GROWTH = 1.05;
const PROCESSES = 3;
/** Above it in each of three runs the gate fails: the same code differed by up to 35 % on a busy machine. */
const SLOWER = 1.4;
const RUNS = 12;
/** An odd number, so that the median is one of them. */
const OBSERVING_ROUNDS = 21;
/** So often the shares are measured before it fails. */
const OBSERVING_RUNS = 3;

interface Gated {
  readonly work: () => Work;
  /** Requests before anything counts: until the compiler has optimised what it will. */
  readonly warm: number;
  /** Requests of each run. */
  readonly requests: number;
}

const GATED: Readonly<Record<string, Gated>> = {
  'GET 1 KiB': { work: () => get('1k'), warm: 12_000, requests: 500 },
  'PUT 1 KiB': { work: () => put('1k'), warm: 12_000, requests: 500 },
  'GET 64 KiB': { work: () => get('64k'), warm: 12_000, requests: 300 },
  'list of 1,000': { work: () => list('marked'), warm: 400, requests: 20 },
};

/** @returns the exit code: 1 if a request allocates more than the baseline or what is told of it allow, or is far slower */
export async function gate(stand: Stand, { gate: kind }: Options): Promise<number> {
  const baseline = JSON.parse(readFileSync(PATH, 'utf8')) as Baseline;
  if (kind === 'rebase') {
    const kib: Record<string, number> = {};
    for (const [name, gated] of Object.entries(GATED)) kib[name] = await allocation(stand, name, gated);
    const now = rounded({ kib, ratio: await ratio(stand) });
    writeFileSync(PATH, `${JSON.stringify(now, null, 2)}\n`);
    return 0;
  }
  for (const [name, gated] of Object.entries(GATED))
    if (await grows(stand, name, gated, baseline.kib[name] ?? 0)) return 1;
  return (await observesTooMuch(stand)) || (await farSlower(stand, baseline)) ? 1 : 0;
}

async function grows(stand: Stand, name: string, gated: Gated, was: number): Promise<boolean> {
  for (let tried = 0; tried < PROCESSES; tried += 1)
    if ((await allocation(stand, name, gated)) <= was * GROWTH) return false;
  process.stdout.write(`${name}: test/bench/baseline.json has ${figure(was)} KiB a request\n`);
  return true;
}

const OBSERVED: Readonly<Record<string, () => Work>> = {
  'GET 1 KiB': () => get('1k'),
  'PUT 1 KiB': () => put('1k'),
};

/** In each run, and by more than the rounds leave open: then nothing else on the machine is the reason. */
async function observesTooMuch(stand: Stand): Promise<boolean> {
  for (const [name, work] of Object.entries(OBSERVED)) {
    let left = OBSERVING_RUNS;
    for await (const { share, low, high } of observingShares(stand, work(), OBSERVING_ROUNDS)) {
      process.stdout.write(
        `${name}, log, metrics and status: ${share.toFixed(3)} × the allocation of a request without (${low.toFixed(3)} to ${high.toFixed(3)})\n`,
      );
      left -= 1;
      if (low <= MOST_SHARE) break;
      if (left === 0) return true;
    }
  }
  return false;
}

/** KiB a request, as the median of many runs of a process that is warm. One client, so that nothing depends on who comes first. */
async function allocation(stand: Stand, name: string, { work, warm, requests }: Gated): Promise<number> {
  const proxy = await stand.proxy();
  const { allocated } = proxy;
  if (!allocated) throw new Error('the proxy has no probe');
  const asked = work();
  const prepared = await prepare(asked, proxy);
  const link = await Link.open(connection(stand.ground, proxy, asked));
  const send = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 1) {
      const { bytes, expected } = prepared[sent % prepared.length] as (typeof prepared)[number];
      await link.send(bytes, expected);
    }
  };
  await send(warm);
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const before = await allocated();
    await send(requests);
    runs.push(((await allocated()) - before) / requests / 1024);
  }
  link.close();
  await stand.endProxies();
  process.stdout.write(
    `${name}: ${figure(median(runs))} KiB a request (${RUNS} runs: ${runs.map(figure).join(', ')})\n`,
  );
  const kib = median(runs);
  if (!(kib > 0)) throw new Error(`${name}: the probe says nothing`);
  return kib;
}

async function farSlower(stand: Stand, baseline: Baseline): Promise<boolean> {
  for (let run = 0; run < 3; run += 1) {
    const now = await ratio(stand);
    process.stdout.write(
      `GET 1 KiB: ${figure(now)} × the CPU of nginx that signs (${figure(baseline.ratio)} in the baseline)\n`,
    );
    if (now <= baseline.ratio * SLOWER) return false;
  }
  return true;
}

async function ratio(stand: Stand): Promise<number> {
  const [one] = CASES;
  if (!one) throw new Error('there is no case');
  const costs = await measureCase(stand, one, { rounds: 3, seconds: 2, warm: 5, peers: ['njs'] });
  const of = (label: string): number => costs.find((cost) => cost.label === label)?.cpu ?? Number.NaN;
  return of('ours') / of('njs');
}

function rounded({ kib, ratio }: Baseline): Baseline {
  const three = (value: number): number => Number(value.toPrecision(3));
  return {
    kib: Object.fromEntries(Object.entries(kib).map(([name, value]) => [name, three(value)])),
    ratio: three(ratio),
  };
}
