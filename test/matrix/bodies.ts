import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Every marker that was written, by what must become of it on the store's disks. */
export interface Markers {
  readonly sealed: Set<string>;
  readonly open: Set<string>;
}

export const MARKER = /MARKER-[0-9a-f]{32}/g;
/** Short enough that every sector of a disk and every packed page would show a marker. */
const STRIDE = 4096;

/** A marker that nothing else in the world holds. */
export function newMarker(into: Set<string>): string {
  const marker = `MARKER-${randomBytes(16).toString('hex')}`;
  into.add(marker);
  return marker;
}

/** Random bytes, so that no store can pack them, with a marker of their own every 4 KiB. */
export function bodyOf(size: number, into: Set<string>): Buffer {
  const body = randomBytes(size);
  const marker = `${newMarker(into)} `;
  for (let start = 0; start + marker.length <= size; start += STRIDE) body.write(marker, start, 'latin1');
  return body;
}

export async function writeBody(file: string, size: number, into: Set<string>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bodyOf(size, into));
}

/** Names that clients, signers and XML have to get right. */
const NAMES = [
  'plain.txt',
  'with space',
  'plus+and=equals',
  'percent%20sign',
  'ümläut-日本',
  "quote'(brackets)!*",
  'amp&er;sand',
  'deep/er/and/deeper',
  'empty',
] as const;

/** A folder of small files to be synchronised; one of them is empty. */
export async function writeTree(folder: string, into: Set<string>): Promise<void> {
  for (const [index, name] of NAMES.entries())
    await writeBody(`${folder}/${name}`, name === 'empty' ? 0 : 1500 + index * 997, into);
}
