import type { Cost } from '../cases/measure-case.ts';

/** Costs as lines for a terminal. */
export function tableOf(costs: readonly Cost[]): string {
  const base = costs.find(({ label }) => label === 'njs')?.cpu ?? costs[0]?.cpu ?? null;
  return costs
    .map(({ label, unit, cpu, cpuSpread, kib, kibSpread, rate, p50, p99 }) => {
      const cells = [
        label.padEnd(36),
        `${figure(cpu)} µs ±${half(cpuSpread)}`.padStart(18),
        (cpu !== null && base !== null ? `×${(cpu / base).toFixed(2)}` : '').padStart(8),
        (kib === null ? '' : `${kib.toFixed(1)} KiB ±${half(kibSpread)}`).padStart(18),
        `${rate.toFixed(0)}/s`.padStart(10),
        `p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms`,
      ];
      return `  ${cells.join(' ')} ${unit === 'MiB' ? 'a MiB' : ''}\n`;
    })
    .join('');
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(value < 100 ? 1 : 0);
}

function half(spread: number | null): string {
  return spread === null ? '–' : `${(spread * 50).toFixed(0)} %`;
}
