import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Trial } from './trial.ts';

/** Keeps what was seen at a store. What clients that were not asked this time did before stays. */
export async function keepTrial(trial: Trial, cache: string): Promise<void> {
  const [before] = await readTrials([trial.store], cache);
  const file = fileOf(trial.store, cache);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(before ? merged(before, trial) : trial));
}

/** What was last seen at these stores, where anything was. */
export async function readTrials(stores: readonly string[], cache: string): Promise<readonly Trial[]> {
  const texts = await Promise.all(
    stores.map((store) => readFile(fileOf(store, cache), 'utf8').catch(() => undefined)),
  );
  return texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as Trial);
}

/** Clients and cells of `before` are replaced by those of the same name. Another version of the store begins anew. */
function merged(before: Trial, trial: Trial): Trial {
  if (before.version !== trial.version) return trial;
  const asked = new Set(trial.clients.map(({ id }) => id));
  return {
    ...trial,
    clients: [...before.clients.filter(({ id }) => !asked.has(id)), ...trial.clients],
    cells: [...before.cells.filter(({ client }) => !asked.has(client)), ...trial.cells],
  };
}

/** What is installed is for every clone of this project, what was seen is for this one. */
function fileOf(store: string, cache: string): string {
  const clone = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12);
  return join(cache, 'trials', clone, `${store}.json`);
}
