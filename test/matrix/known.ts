import type { ActionId, Cell, Scheme } from './cell.ts';
import { KNOWN } from './not-green.ts';

/** Cells that are known not to be green, and why. One that has turned green is an error, so that the list stays true. */
export interface Known {
  readonly clients: readonly string[];
  readonly stores: readonly string[];
  readonly actions: readonly ActionId[];
  /** Default: both. */
  readonly schemes?: readonly Scheme[];
  /** What the client says of it; another failure in the same cell is a new one. */
  readonly said: RegExp;
  readonly reason: string;
  /** Where the cause is told. */
  readonly cause?: string;
}

/** The entry that covers this failed cell. */
export function knownFor({ verdict, ...cell }: Cell, known = KNOWN): Known | undefined {
  return known.find(
    (entry) => verdict.kind === 'failed' && covers(entry, cell) && entry.said.test(verdict.said),
  );
}

export interface Judgement {
  /** Failed, and in no entry. */
  readonly unexpected: readonly Cell[];
  /** Green, or without such a thing, although an entry says that it is not. */
  readonly healed: readonly Cell[];
}

export function judge(cells: readonly Cell[], known = KNOWN): Judgement {
  return {
    unexpected: cells.filter((cell) => cell.verdict.kind === 'failed' && !knownFor(cell, known)),
    healed: cells.filter(
      (cell) => cell.verdict.kind !== 'failed' && known.some((entry) => covers(entry, cell)),
    ),
  };
}

function covers(entry: Known, { client, store, action, scheme }: Omit<Cell, 'verdict'>): boolean {
  return (
    entry.clients.includes(client) &&
    entry.stores.includes(store) &&
    entry.actions.includes(action) &&
    (entry.schemes?.includes(scheme) ?? true)
  );
}
