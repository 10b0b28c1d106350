import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from './rooms/judge.ts';
import { MAP } from './rooms/map.ts';
import { drawRooms } from './rooms/picture.ts';
import { readTree, type Tree } from './rooms/read.ts';

/**
 * Holds the imports of `src/` to the map in `scripts/rooms/map.ts`, and the picture in ARCHITECTURE.md to both.
 * `--print` prints that picture, `--write` writes it.
 */

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = 'ARCHITECTURE.md';
const BEGIN = '<!-- rooms:begin -->';
const END = '<!-- rooms:end -->';

export function readSource(): Tree {
  return readTree(join(ROOT, 'src'));
}

/** `text` with the picture between its two marks. @throws Error when the marks are not there. */
export function replacePicture(text: string, tree: Tree): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has no ${BEGIN} … ${END}`);
  const picture = `\n\`\`\`text\n${drawRooms(tree, MAP)}\n\`\`\`\n`;
  return text.slice(0, begin + BEGIN.length) + picture + text.slice(end);
}

if (import.meta.main) {
  const tree = readSource();
  const document = join(ROOT, DOCUMENT);
  const text = readFileSync(document, 'utf8');
  const [mode] = process.argv.slice(2);
  if (mode === '--print') process.stdout.write(`${drawRooms(tree, MAP)}\n`);
  else if (mode === '--write') writeFileSync(document, replacePicture(text, tree));
  else {
    const complaints = [
      ...judge(tree, MAP),
      ...(replacePicture(text, tree) === text
        ? []
        : [`picture: ${DOCUMENT} shows another one; run: node scripts/rooms.ts --write`]),
    ];
    for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
    if (complaints.length > 0) process.exitCode = 1;
    else process.stdout.write(`rooms: ${tree.files.length} files of src/ import as the map says\n`);
  }
}
