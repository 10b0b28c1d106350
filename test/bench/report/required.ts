import type { Cost } from '../cases/measure-case.ts';
import type { Results } from './results.ts';
import { figure, type Table } from './table.ts';

/** A figure that the proxy has to reach. */
interface Required {
  readonly what: string;
  readonly unit?: string;
  readonly most: number;
  readonly aim?: number;
  /** Undefined if it was not measured. */
  readonly value: (results: Results) => number | undefined;
}

const ratio =
  (name: string, label: string, base: string) =>
  (results: Results): number | undefined => {
    const cost = costOf(results, name, label)?.cpu;
    const other = costOf(results, name, base)?.cpu;
    return cost && other ? cost / other : undefined;
  };

const memory =
  (label: string) =>
  ({ cases }: Results): number | undefined => {
    const result = cases.memory;
    return result?.kind === 'memory' ? result.memory.find((one) => one.label === label)?.peak : undefined;
  };

const start =
  (field: 'ms' | 'rss') =>
  ({ cases }: Results): number | undefined => {
    const result = cases.start;
    return result?.kind === 'start'
      ? result.starts.find(({ label }) => label === 'ours')?.[field]
      : undefined;
  };

const CHUNKS = 'PUT 1 MiB in unsigned chunks with CRC64NVME ÷ a plain PUT';
const SIGNED = 'PUT 1 MiB in signed chunks ÷ a plain PUT whose SHA-256 is checked here';

const REQUIRED: readonly Required[] = [
  { what: 'GET 1 KiB ÷ nginx that signs', most: 2, aim: 1, value: ratio('get-1k', 'ours', 'njs') },
  { what: 'HEAD ÷ nginx that signs', most: 2, aim: 1, value: ratio('head', 'ours', 'njs') },
  {
    what: 'presigned GET 1 KiB ÷ nginx that signs',
    most: 2,
    aim: 1,
    value: ratio('presigned', 'ours', 'njs'),
  },
  { what: 'GET 1 KiB ÷ versitygw', most: 0.25, value: ratio('get-1k', 'ours', 'versitygw') },
  { what: 'HEAD ÷ versitygw', most: 0.25, value: ratio('head', 'ours', 'versitygw') },
  { what: 'presigned GET 1 KiB ÷ versitygw', most: 0.25, value: ratio('presigned', 'ours', 'versitygw') },
  { what: 'GET 64 KiB ÷ nginx that signs', most: 1.6, aim: 1, value: ratio('get-64k', 'ours', 'njs') },
  { what: 'GET 64 MiB ÷ nginx that signs', most: 1.2, aim: 1, value: ratio('get-64m', 'ours', 'njs') },
  { what: 'PUT 64 MiB ÷ nginx that signs', most: 1.2, aim: 1, value: ratio('put-64m', 'ours', 'njs') },
  { what: CHUNKS, most: 1.5, value: ratio('chunks', 'unsigned chunks, CRC64NVME', 'plain') },
  { what: SIGNED, most: 1.2, value: ratio('chunks', 'signed chunks', 'plain, SHA-256 checked here') },
  { what: 'list of 1,000, marked ÷ passed', most: 1.5, value: ratio('list', 'marked', 'passed') },
  {
    what: 'allocation of a GET 1 KiB',
    unit: 'KiB',
    most: 40,
    aim: 15,
    value: (results) => costOf(results, 'get-1k', 'ours')?.kib ?? undefined,
  },
  { what: 'p99 added to direct, at 200 requests/s', unit: 'ms', most: 2, aim: 1, value: p99Added },
  { what: 'CPU a request, two workers ÷ one process', most: 1.1, value: workersCost },
  { what: 'memory, 1,000 slow downloads', unit: 'MiB', most: 200, value: memory('1000 slow downloads') },
  { what: 'memory, 5,000 idle connections', unit: 'MiB', most: 300, value: memory('5000 idle connections') },
  { what: 'start to ready', unit: 'ms', most: 350, aim: 200, value: start('ms') },
  { what: 'memory when idle', unit: 'MiB', most: 70, aim: 60, value: start('rss') },
];

/** What was to be reached, and what was measured. */
export function requiredTable(results: Results): Table {
  return {
    head: ['', 'At most', 'Aim', 'Measured', ''],
    rows: REQUIRED.map(({ what, unit = '', most, aim, value }) => {
      const measured = value(results);
      const say = (number: number): string => `${figure(number)} ${unit}`.trim();
      const verdict = measured === undefined ? 'not measured' : measured > most ? 'not reached' : 'reached';
      return [
        what,
        say(most),
        aim === undefined ? '' : say(aim),
        measured === undefined ? '' : say(measured),
        verdict === 'reached' && aim !== undefined && (measured ?? 0) <= aim ? 'the aim too' : verdict,
      ];
    }),
  };
}

function costOf({ cases }: Results, name: string, label: string): Cost | undefined {
  const result = cases[name];
  return result?.kind === 'cost' ? result.costs.find((cost) => cost.label === label) : undefined;
}

function workersCost({ cases }: Results): number | undefined {
  const result = cases.workers;
  if (result?.kind !== 'workers') return undefined;
  const of = (label: string): number | null | undefined =>
    result.costs.find((cost) => cost.label === label)?.cpu;
  const [one, two] = [of('one process'), of('2 workers')];
  return one && two ? two / one : undefined;
}

function p99Added({ cases }: Results): number | undefined {
  const result = cases.latency;
  if (result?.kind !== 'latency') return undefined;
  const of = (label: string): number | undefined =>
    result.latencies.find((one) => one.rate === 200 && one.label === label)?.p99;
  const [ours, direct] = [of('ours'), of('direct')];
  return ours === undefined || direct === undefined ? undefined : ours - direct;
}
