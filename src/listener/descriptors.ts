import { readdirSync, readFileSync } from 'node:fs';

/** For files, the log, key stores and probes, beside those that are open already. */
const SPARE = 16;

/**
 * For how many connections of clients the process has file descriptors, with one for the store beside each; undefined
 * where the system does not tell. Node raises its soft limit to the hard one when it starts.
 */
export function roomForConnections(limits = '/proc/self/limits', open = '/proc/self/fd'): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(readFileSync(limits, 'latin1')) ?? [];
    if (soft === undefined || soft === 'unlimited') return undefined;
    return Math.max(1, Math.floor((Number(soft) - readdirSync(open).length - SPARE) / 2));
  } catch {
    return undefined;
  }
}
