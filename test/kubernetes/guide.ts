import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './stand.ts';

/** The first block of shell commands below a heading of a page. Throws where there is none. */
export async function commandsBelow(page: string, heading: string): Promise<string> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const below = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [, commands] = /\n```sh\n(.*?)\n```\n/s.exec(below) ?? [];
  if (commands === undefined) throw new Error(`${page}: no commands below "${heading}"`);
  return commands;
}
