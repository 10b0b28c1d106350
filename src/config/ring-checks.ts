import type { Path, Report } from './problem.ts';
import { type RingEntryText, wholeEntry } from './ring-entry.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** How long replicas may take to get a new key, in milliseconds: their files do not arrive at the same time. */
const LEAD_MS = 10 * 60 * 1000;

/** Reports unknown, repeated and unused keys, and rings in which no key writes yet. */
export function checkRings({ rules, keys }: Salvaged<Config>, report: Report, now: Date): void {
  const used = new Set<string>();
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule?.encrypt === undefined || rule.encrypt === 'off') continue;
    const path: Path = ['rules', index, 'encrypt'];
    for (const id of checkEntries(rule.encrypt, keys, path, report)) used.add(id);
    const waits = rule.encrypt.every(
      (entry) => entry !== undefined && startOf(keys, wholeEntry(entry).key) > now.getTime(),
    );
    if (waits) {
      report.error(
        path,
        'no key of the ring writes yet, so every write would be refused',
        'keep the previous key in the ring, after the new one',
      );
    }
  }
  for (const id of Object.keys(keys ?? {})) {
    const ahead = startOf(keys, id) - now.getTime();
    if (ahead > 0 && ahead < LEAD_MS) {
      report.warn(
        ['keys', id, 'writesFrom'],
        'is less than 10 minutes ahead: a replica without the key by then cannot read what others write',
      );
    }
  }
  // A rule that is broken or misspells a key may mean the one that seems unused.
  const complete =
    rules?.every((rule) => rule?.encrypt !== undefined) === true &&
    [...used].every((id) => Object.hasOwn(keys ?? {}, id));
  for (const id of complete ? Object.keys(keys ?? {}) : []) {
    if (!used.has(id)) report.warn(['keys', id], 'no rule uses this key');
  }
}

/** The ids that the ring names. */
function checkEntries(
  encrypt: readonly (RingEntryText | undefined)[],
  keys: Salvaged<Config>['keys'],
  path: Path,
  report: Report,
): readonly string[] {
  const seen = new Set<string>();
  return encrypt.flatMap((entry, place) => {
    if (entry === undefined) return [];
    const at: Path = [...path, place];
    const { key, derive, context } = wholeEntry(entry);
    if (key === undefined) return [];
    if (context !== undefined && derive === undefined) {
      report.error([...at, 'context'], 'has no effect without derive: object');
    }
    const name = JSON.stringify([key, derive, context]);
    if (seen.has(name)) report.error(at, `key "${key}" is in the ring twice`);
    seen.add(name);
    if (keys !== undefined && !Object.hasOwn(keys, key)) {
      report.error(at, `unknown key "${key}"`, keyFix(key, Object.keys(keys)));
    }
    return [key];
  });
}

function keyFix(written: string, ids: readonly string[]): string | undefined {
  if (written === 'off') return 'write encrypt: off, without brackets';
  if (/\s-\s/.test(written)) return 'indent each "- " of the list alike';
  if (/\s/.test(written)) return 'separate key ids with commas';
  return didYouMean(written, ids) ?? (ids.length === 0 ? 'add it to keys' : undefined);
}

/** When a key starts to write, in milliseconds. A key without a time, or an unknown one, always writes. */
function startOf(keys: Salvaged<Config>['keys'], id: string | undefined): number {
  const time = id === undefined ? undefined : keys?.[id]?.writesFrom;
  return time === undefined ? Number.NEGATIVE_INFINITY : Date.parse(time);
}
