import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBody } from '../../matrix/bodies.ts';

/** Names that clients, signers, XML and lists have to get right. */
const NAMES: readonly ((index: number) => string)[] = [
  (index) => `plain-${index}.txt`,
  (index) => `with spaces/in it ${index}`,
  (index) => `plus+${index}+and=equals`,
  (index) => `amp&ersand;${index}`,
  (index) => `ümläut-日本-${index}`,
  (index) => `deep/er/and/deeper/${index}`,
  (index) => `percent%20sign%${index}`,
  (index) => `quote'(brackets)!*,@:${index}`,
];
/** Bytes of the files that go in parts of 5 MiB: two whole ones, more, and one byte more than one. */
const LARGE = [10_485_760, 12_600_000, 5_242_881];

/** Writes so many files, each with markers of its own. */
export async function writeFiles(folder: string, count: number, markers: Set<string>): Promise<void> {
  for (let index = 0; index < count; index++) {
    const name = NAMES[index % NAMES.length]?.(index) ?? '';
    await writeBody(join(folder, name), LARGE[index] ?? 100 + ((index * 37) % 4000), markers);
  }
}

/** What lies in a folder: names and what they hold, as one text. */
export async function contentsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.toSorted().map(async (file) => {
    const hash = createHash('sha256').update(await readFile(file));
    return `${hash.digest('hex')} ${file.slice(folder.length + 1)}`;
  });
  return (await Promise.all(lines)).join('\n');
}
