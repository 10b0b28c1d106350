import type { Latency } from '../cases/latency.ts';
import type { Cost } from '../cases/measure-case.ts';
import type { Memory } from '../cases/memory.ts';
import type { Observing } from '../cases/observing.ts';
import type { Start } from '../cases/start.ts';
import type { Workers } from '../cases/workers.ts';
import type { Share } from '../measure/interval.ts';
import type { Measured } from './results.ts';

/** A heading and lines, each of as many cells. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tableOf(measured: Measured): Table {
  if (measured.kind === 'cost') return costs(measured.costs);
  if (measured.kind === 'latency') return latencies(measured.latencies);
  if (measured.kind === 'workers') return workers(measured);
  if (measured.kind === 'observing') return observing(measured.observing);
  return measured.kind === 'memory' ? memory(measured.memory) : starts(measured.starts);
}

function costs(all: readonly Cost[]): Table {
  const base = all.find(({ label, cpu }) => label.startsWith('njs') && cpu !== null) ?? all[0];
  const unit = all[0]?.unit ?? 'request';
  return {
    head: [
      '',
      `µs of CPU a ${unit}`,
      `÷ ${base?.label ?? ''}`,
      `KiB allocated a ${unit}`,
      `${unit}s/s`,
      'p50, p99 in ms',
    ],
    rows: all.map(({ label, cpu, cpuSpread, kib, kibSpread, rate, p50, p99 }) => [
      label,
      withSpread(cpu, cpuSpread),
      cpu !== null && base?.cpu ? (cpu / base.cpu).toFixed(2) : '',
      withSpread(kib, kibSpread),
      figure(rate),
      `${figure(p50)}, ${figure(p99)}`,
    ]),
  };
}

/** Costs, and below them the shares. */
function workers({ costs: all, shares }: Workers): Table {
  const { head, rows } = costs(all);
  const spread = shares.map(({ workers: count, connections, least }) => [
    `the least busy of ${count} workers, ${connections.toLocaleString('en')} connections`,
    `${(least * 100).toFixed(0)} % of the CPU`,
    ...head.slice(2).map(() => ''),
  ]);
  return { head, rows: [...rows, ...spread] };
}

function latencies(all: readonly Latency[]): Table {
  return {
    head: ['', 'requests/s', 'p50 in ms', 'p99', 'p99.9', 'p99 added to direct'],
    rows: all.map(({ label, rate, p50, p99, p999 }) => {
      const direct = all.find((one) => one.rate === rate && one.label === 'direct');
      const added = direct && label !== 'direct' ? figure(p99 - direct.p99) : '';
      return [label, String(rate), figure(p50), figure(p99), figure(p999), added];
    }),
  };
}

function memory(all: readonly Memory[]): Table {
  return {
    head: ['', 'MiB before', 'MiB at the peak', 'MiB held', 'MiB at the peak while all leave at once'],
    rows: all.map(({ label, before, peak, held, left }) => [
      label,
      before.toFixed(0),
      peak.toFixed(0),
      held?.toFixed(0) ?? '',
      left?.toFixed(0) ?? '',
    ]),
  };
}

function observing(all: readonly Observing[]): Table {
  return {
    head: ['', 'KiB allocated a request', '÷ off, and 95 % of it', 'CPU ÷ off, and 95 % of it'],
    rows: all.map(({ label, kib, kibShare, cpuShare }) => [
      label,
      figure(kib),
      withInterval(kibShare),
      withInterval(cpuShare),
    ]),
  };
}

function withInterval({ share, low, high }: Share): string {
  return low === high ? share.toFixed(2) : `${share.toFixed(3)}, ${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function starts(all: readonly Start[]): Table {
  return {
    head: ['', 'ms until ready', 'MiB idle'],
    rows: all.map(({ label, ms, rss }) => [label, ms.toFixed(0), rss.toFixed(0)]),
  };
}

/** The median, and half of what lies between the smallest and the largest. */
function withSpread(value: number | null, spread: number | null): string {
  if (value === null) return '';
  return `${figure(value)} ± ${((spread ?? 0) * 50).toFixed(0)} %`;
}

export function figure(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toFixed(digits).replace(/\B(?=(?:\d{3})+$)/, value >= 1000 ? ',' : '');
}

/** For a terminal. */
export function textOf({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map(
      (row) =>
        `  ${row.map((cell, column) => cell[column === 0 ? 'padEnd' : 'padStart'](widths[column] ?? 0)).join('  ')}\n`,
    )
    .join('');
}
