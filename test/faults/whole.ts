import { setTimeout as pause } from 'node:timers/promises';
import { countedStatus, type Outcome } from '../../src/outcome.ts';
import { countersOf, type ProxyProcess } from './lab/proxy.ts';
import type { Row } from './row.ts';

export interface Before {
  readonly descriptors: number;
  readonly memory: number;
  readonly counters: ReadonlyMap<string, number>;
}

const BACK_WITHIN_MS = 5000;
/** MiB that the heap keeps after it was busy. Not what a leak of one body or of each row would be. */
const MEMORY_MIB = 160;
/** The connection that asks for the metrics, and the like. */
const DESCRIPTORS = 2;

export async function beforehand(proxy: ProxyProcess, adminPort: number): Promise<Before> {
  const counters = await countersOf(adminPort);
  return { descriptors: await proxy.descriptors(), memory: await proxy.memory(), counters };
}

/** What is wrong with the process after all rows: descriptors, memory, metrics, its standard error. */
export async function afterwards(
  before: Before,
  rows: readonly Row[],
  proxy: ProxyProcess,
  adminPort: number,
): Promise<readonly string[]> {
  if (!proxy.running) return ['the proxy has ended', ...proxy.complaints];
  const until = performance.now() + BACK_WITHIN_MS;
  let descriptors = await proxy.descriptors();
  while (descriptors > before.descriptors + DESCRIPTORS && performance.now() < until) {
    await pause(100);
    descriptors = await proxy.descriptors();
  }
  const memory = await proxy.memory();
  const counters = await countersOf(adminPort);
  process.stdout.write(
    `descriptors ${before.descriptors} → ${descriptors}, memory ${Math.round(before.memory)} → ${Math.round(memory)} MiB\n`,
  );
  const unproven = rows.reduce((sum, row) => sum + (row.unproven ?? 0), 0);
  const counted = counters.get('ssec_proxy_unproven_writes_total') ?? 0;
  return [
    ...(descriptors > before.descriptors + DESCRIPTORS
      ? [`${descriptors} descriptors, ${before.descriptors} before`]
      : []),
    ...(memory > before.memory + MEMORY_MIB
      ? [`${Math.round(memory)} MiB, ${Math.round(before.memory)} before`]
      : []),
    ...(counted === unproven ? [] : [`the metrics count ${counted} unproven writes, not ${unproven}`]),
    ...requestFaults(counters, proxy),
    ...timeoutFaults(counters, proxy),
    ...proxy.complaints.map((text) => `on standard error: ${text}`),
  ];
}

/** Each request that failed by a time of the store is counted, once. */
function timeoutFaults(counters: Before['counters'], proxy: ProxyProcess): string[] {
  const late = proxy.lines().filter(({ cause }) => LATE.test(String(cause))).length;
  const counted = [...counters]
    .filter(([name]) => name.startsWith('ssec_proxy_upstream_timeouts_total{'))
    .reduce((sum, [, value]) => sum + value, 0);
  return late === counted ? [] : [`${late} lines say that the store was late, the metrics count ${counted}`];
}

const LATE =
  /stayed silent for too long|took nothing of the body for too long|was not whole in time|no connection in time/;

/** Each request that is in the log is counted, by its operation and status: of an answer that is not whole, by what it became. */
function requestFaults(counters: Before['counters'], proxy: ProxyProcess): string[] {
  const logged = new Map<string, number>();
  for (const { msg, op = 'unknown', status: sent, outcome } of proxy.lines()) {
    if (msg !== 'request') continue;
    const status = countedStatus(Number(sent), outcome as Outcome);
    const name = `ssec_proxy_requests_total{op="${String(op)}",status="${String(status)}"}`;
    logged.set(name, (logged.get(name) ?? 0) + 1);
  }
  const names = new Set([
    ...logged.keys(),
    ...[...counters.keys()].filter((name) => name.startsWith('ssec_proxy_requests_total{')),
  ]);
  return [...names]
    .filter((name) => logged.get(name) !== counters.get(name))
    .map((name) => `${name} is ${counters.get(name)}, the log has ${logged.get(name)}`);
}
