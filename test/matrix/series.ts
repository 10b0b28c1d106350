import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Bench } from './bench.ts';
import { ACTIONS, type ActionId, type Cell, type Scheme, type Verdict } from './cell.ts';
import type { Client, Deeds, Done, Target } from './client.ts';

/** Asks one client over one scheme for everything that it can do, in order. */
export async function runSeries(
  client: Client,
  target: Target,
  bench: Bench,
  store: string,
): Promise<readonly Cell[]> {
  await mkdir(target.folder, { recursive: true });
  const releases: (() => Promise<void>)[] = [];
  try {
    const deeds = await client.deeds(target, (release) => releases.push(release));
    const cells: Cell[] = [];
    for (const { id } of ACTIONS) {
      const verdict = await verdictOf(deeds, id, bench);
      cells.push({ store, client: client.id, scheme: target.scheme, action: id, verdict });
    }
    return cells;
  } finally {
    await Promise.all(releases.map((release) => release()));
  }
}

async function verdictOf(deeds: Deeds, id: ActionId, bench: Bench): Promise<Verdict> {
  const deed = deeds[id];
  if (deed === undefined) return { kind: 'absent' };
  try {
    const done: Done[] = [];
    const faults = await bench.faultsOf(async () => void done.push(await deed(bench)));
    if (faults.length > 0) return { kind: 'failed', said: `it tried again after ${faults.join(', ')}` };
    return { kind: done[0] === 'absent' ? 'absent' : 'ok' };
  } catch (error) {
    return { kind: 'failed', said: tidy(error instanceof Error ? error.message : String(error)) };
  }
}

/** Without what differs from run to run. */
function tidy(said: string): string {
  return stripVTControlCharacters(said)
    .replace(/(?:localhost|127\.0\.0\.1):\d+/g, 'proxy')
    .replace(/\/[^\s"']*ssec-proxy-matrix[^\s"':]*/g, '…')
    .replace(/\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*/g, '')
    .replace(/\b[0-9a-f]{32}\b/g, '…')
    .replaceAll('%2F', '/')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(-400);
}

/** The folder of one client over one scheme. */
export function seriesFolder(folder: string, client: string, scheme: Scheme): string {
  return join(folder, client, scheme);
}
