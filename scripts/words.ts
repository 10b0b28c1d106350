import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRefused, testNamesOf } from './words/find.ts';
import { NAMES_READ, READ, REFUSED, UNREAD } from './words/list.ts';

/** Refuses the words in `scripts/words/list.ts`: one line each, with what to say instead. */

const ROOT = join(import.meta.dirname, '..');

const texts = [
  ...filesOf(READ).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') })),
  ...filesOf(NAMES_READ).map((file) => ({ file, text: testNamesOf(readFileSync(join(ROOT, file), 'utf8')) })),
];
const lines = texts.flatMap(({ file, text }) =>
  findRefused(text, REFUSED).map(({ line, written, say }) => `${file}:${line}: "${written}"; say: ${say}`),
);
for (const line of lines) process.stderr.write(`${line}\n`);
if (lines.length > 0) {
  process.stderr.write(`words: ${lines.length} that are refused in ${texts.length} files\n`);
  process.exitCode = 1;
} else process.stdout.write(`words: none refused in ${texts.length} files\n`);

function filesOf(globs: readonly string[]): readonly string[] {
  const files = globSync([...globs], { cwd: ROOT, exclude: [...UNREAD] }).toSorted();
  if (files.length === 0) throw new Error(`no file fits ${globs.join(', ')}`);
  return files;
}
