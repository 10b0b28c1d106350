import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of a program's source, every file below its folder, and of how it is built: 12 hex digits. */
export async function fingerprint(source: string, settings: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(source.length + 1));
  for (const name of names.toSorted())
    hash
      .update(name)
      .update('\0')
      .update(await readFile(join(source, name)));
  return hash.digest('hex').slice(0, 12);
}
