import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MARKER } from './bodies.ts';

/** Characters of a block that are looked at once more with the next: a marker may lie across. */
const OVERLAP = 64;

/** Every marker in any file below a folder, its names included. */
export async function markersBelow(folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    for (const [marker] of entry.name.matchAll(MARKER)) found.add(marker);
    if (entry.isFile()) await collect(createReadStream(join(entry.parentPath, entry.name)), found);
  }
  return found;
}

/** Adds every marker in the stream. */
export async function collect(stream: Readable, found: Set<string>): Promise<void> {
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = rest + chunk.toString('latin1');
    for (const [marker] of text.matchAll(MARKER)) found.add(marker);
    rest = text.slice(-OVERLAP);
  }
}
