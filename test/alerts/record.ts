import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAULTS } from './faults.ts';
import { metricsOfRules } from './rules.ts';
import { recordedOf } from './series.ts';
import { recordFault } from './stand.ts';

/**
 * Makes the records of the faults anew, or of those that are named: a real proxy in a process of its own, with each fault for
 * ten seconds. They hold the series that the alert rules ask for.
 */
const wanted = process.argv.slice(2);
const metrics = metricsOfRules();
for (const fault of FAULTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const scrapes = await recordFault(fault);
  const rows = recordedOf(scrapes, metrics).map((row) => JSON.stringify(row));
  const file = join(import.meta.dirname, 'recorded', `${fault.name}.json`);
  await writeFile(file, `[\n${rows.join(',\n')}\n]\n`);
  process.stdout.write(`${fault.name}: ${rows.length} series of ${scrapes.length} scrapes\n`);
}
