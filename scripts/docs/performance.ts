import { requiredTable } from '../../test/bench/report/required.ts';
import { type Results, readResults } from '../../test/bench/report/results.ts';
import { type Table, tableOf } from '../../test/bench/report/table.ts';
import { table } from './table.ts';

/** What `npm run bench -- --write` measured: one case, or `required` and `machine`. */
export function renderMeasured(name: string): string {
  const results = readResults();
  if (!results) return 'Not measured yet.';
  if (name === 'required') return markdown(requiredTable(results));
  if (name === 'machine') return machineText(results);
  const result = results.cases[name];
  if (!result) return 'Not measured yet.';
  const { rounds, seconds, load, date } = result;
  const times =
    result.kind === 'observing'
      ? `, ${rounds} rounds`
      : result.kind === 'cost' || result.kind === 'latency'
        ? `, ${rounds} rounds of ${seconds} s`
        : '';
  const [before, after] = load.map((one) => one.toFixed(1));
  return `${markdown(tableOf(result))}\n\n${date}${times}; load average ${before} before, ${after} after.`;
}

function markdown({ head, rows }: Table): string {
  return table(head, rows);
}

function machineText({ machine: { cpu, cores, memoryGib, kernel, versions } }: Results): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGib} GiB; Linux ${kernel}; ${programs.join(', ')}.`;
}
