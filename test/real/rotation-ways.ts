import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Entry, type Stand, writeConfig } from './rotation-stand.ts';

export interface Rotation {
  readonly way: keyof typeof WAYS;
  /** Milliseconds between the reloads of the two processes. */
  readonly gap: number;
  /** Which process is reloaded first. */
  readonly order: readonly number[];
  readonly from: string;
  readonly to: string;
  /** Keys that only read, before and after. */
  readonly older: readonly string[];
}

/** When writing went from one key to the next: all that ended before was under the one, all that began after is under the other. */
export interface Turn {
  readonly from: string;
  readonly to: string;
  readonly begun: number;
  readonly ended: number;
}

/** What goes on while the processes agree on the old key, and while they were not all reloaded. */
interface Meanwhile {
  readonly before: () => Promise<void>;
  readonly between: () => Promise<void>;
}

/** What uploads may take between the reloads, in milliseconds, before a key writes that is to come after both. */
const MARGIN = 12_000;

/** How to rotate keys without a moment in which one process writes what the other can't read. */
export const WAYS = {
  /** The new key comes with the time from which it writes, when every process has it. */
  writesFrom: async (
    stand: Stand,
    { gap, order, from, to, older }: Rotation,
    { before, between }: Meanwhile,
  ): Promise<Turn> => {
    await before();
    const writesFrom = new Date(Date.now() + 2 * gap + MARGIN);
    await reloadAll(stand, { gap, order }, [{ id: to, writesFrom }, from, ...older], between);
    if (Date.now() > writesFrom.getTime()) throw new Error('the reloads took longer than the key waited');
    await pause(writesFrom.getTime() - Date.now());
    return { from, to, begun: writesFrom.getTime(), ended: writesFrom.getTime() };
  },
  /** Every process learns to read with the new key, and only then the first one writes with it. */
  steps: async (
    stand: Stand,
    { gap, order, from, to, older }: Rotation,
    { before, between }: Meanwhile,
  ): Promise<Turn> => {
    await reloadAll(stand, { gap, order }, [from, to, ...older]);
    await before();
    const begun = Date.now();
    await reloadAll(stand, { gap, order }, [to, from, ...older], between);
    return { from, to, begun, ended: Date.now() };
  },
};

/** Reloads one process, waits, and reloads the other; `between` happens while they disagree. */
async function reloadAll(
  { folder, store, processes }: Stand,
  { gap, order }: Pick<Rotation, 'gap' | 'order'>,
  ring: readonly Entry[],
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const [turn, index] of order.entries()) {
    if (turn > 0) {
      await pause(gap / 2);
      await between();
      await pause(gap / 2);
    }
    await writeConfig(join(folder, `p${index}`), store, ring);
    const outcome = await processes[index]?.reload();
    if (outcome !== 'taken') throw new Error(`process ${index} did not take its config`);
  }
}
