import { CASES } from './cases/cases.ts';
import { measureCase } from './cases/measure-case.ts';
import { optionsOf } from './options.ts';
import { tableOf } from './report/table.ts';
import { Stand } from './stand/stand.ts';

/** What the proxy costs beside nginx, nginx that signs, and the store alone. */
const options = optionsOf(process.argv.slice(2));
const cases = CASES.filter(({ name }) => options.cases?.includes(name) ?? true);
const stand = await Stand.open(options.main);
try {
  for (const one of cases) {
    const costs = await measureCase(stand, one, options);
    process.stdout.write(`\n${one.title} (${one.name})\n${tableOf(costs)}`);
    await stand.endProxies();
  }
} finally {
  await stand.close();
}
