import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stale, unmarked } from './docs/generated.ts';

/**
 * Writes what the docs take from the code: options, command line, providers, metrics, and the JSON Schema of the config.
 * With --check it writes nothing and fails when something is stale.
 * It fails in any case when a page has lost the mark of what belongs there.
 */
const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
for (const { path, text } of stale(root)) {
  if (check) process.exitCode = 1;
  else writeFileSync(path, text);
  process.stdout.write(`${relative(root, path)} ${check ? 'is stale: run npm run docs' : 'written'}\n`);
}
for (const complaint of unmarked(root)) {
  process.exitCode = 1;
  process.stdout.write(`${complaint}\n`);
}
