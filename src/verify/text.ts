import { configIdOf } from '../keys/derive.ts';
import { bytes, duration, number, plural } from './figures.ts';
import type { Verdict } from './judge.ts';
import { printable, type Result, urlOf } from './result.ts';
import { type Amount, FAULTS, type Fault } from './tally.ts';

/** At most this many faults are printed. */
const MOST_PRINTED = 100;

const MEANINGS: Readonly<Record<Fault, string>> = {
  plain: 'unencrypted: readable without a key',
  'outside-ring': "under a key that is not in the rule's ring",
  'unknown-key': 'under a key that is not in the config',
  unreadable: 'unreadable',
};

/** The result as text, safe for a terminal. */
export function textOf(result: Result): string {
  const { faults, tally } = result;
  const shown = faults.slice(0, MOST_PRINTED).map(faultLine);
  const more = tally.faultCount - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`… and ${plural(more, 'fault')} more; --json FILE has them all`] : []),
    ...(shown.length > 0 ? [''] : []),
    ...result.places.map(({ bucket, prefix, of }) => `${urlOf(bucket, prefix)}: ${SEEN[of]}`),
    ...table(rowsOf(result)),
    ...idleKeys(result),
    `${conclusionOf(result)} (${duration(result.ended.getTime() - result.began.getTime())})`,
    '',
  ].join('\n');
}

export const SEEN = {
  versions: 'every version',
  objects: 'current objects only, since the store lists no versions',
} as const;

export interface Row {
  readonly what: string;
  readonly amount: Amount;
  readonly fault: boolean;
}

/** How many versions each key opens, faults last; empty rows are left out. */
export function rowsOf({ tally, ssecKeys }: Pick<Result, 'tally' | 'ssecKeys'>): readonly Row[] {
  const byKey = [...tally.keys]
    .toSorted(([, a], [, b]) => b.versions - a.versions)
    .map(([id, amount]) => ({ what: keyName(id, ssecKeys), amount, fault: false }));
  const elsewhere = FAULTS.map((fault) => ({
    what: `${MEANINGS[fault]}, where no rule encrypts`,
    amount: tally.elsewhere[fault],
    fault: false,
  }));
  const faults = FAULTS.map((fault) => ({
    what: `${MEANINGS[fault]}, where a rule encrypts`,
    amount: tally.faults[fault],
    fault: true,
  }));
  const others = [
    { what: 'delete markers', amount: tally.deleteMarkers, fault: false },
    { what: 'deleted meanwhile', amount: tally.gone, fault: false },
  ];
  return [...byKey, ...elsewhere, ...others, ...faults].filter(({ amount }) => amount.versions > 0);
}

function keyName(id: string, ssecKeys: Result['ssecKeys']): string {
  const { id: configId, derived } = configIdOf({ id });
  const fingerprint = ssecKeys.find((ssecKey) => ssecKey.id === configId)?.fingerprint ?? 'unknown';
  return derived ? `keys derived from ${configId} (${fingerprint})` : `key ${id} (${fingerprint})`;
}

/** One sentence with the outcome. */
export function conclusionOf({ tally, trouble, oneIn }: Result): string {
  const of = oneIn === 1 ? '' : ` (one in ${number(oneIn)}, at random)`;
  const seen = `${plural(tally.all.versions, 'version')}${of}`;
  const faults = tally.faultCount === 0 ? 'no fault' : plural(tally.faultCount, 'fault');
  if (trouble !== undefined) return `Not finished: ${printable(trouble)}. So far: ${seen}, ${faults}`;
  if (tally.faultCount > 0) return `FAULTY: ${faults} in ${seen}`;
  return `Fine: ${seen}; everything under an encrypting rule opens with its keys, and not without`;
}

/** What is wrong with one version. */
export function reasonOf({ state, ssecKey, failure }: Verdict): string {
  if (state === 'outside-ring') return `opens with key ${ssecKey?.id}, which is not in the rule's ring`;
  if (state !== 'unreadable') return MEANINGS[state as Fault];
  return `unreadable: ${failure?.code}: ${printable(failure?.message ?? '')}`;
}

function faultLine(verdict: Verdict): string {
  const { bucket, listed, rule } = verdict;
  const version = listed.versionId === undefined ? '' : ` version ${printable(listed.versionId)}`;
  return `${urlOf(bucket, listed.objectKey)}${version}: ${reasonOf(verdict)} (${rule})`;
}

function table(rows: readonly Row[]): string[] {
  const lines = rows.map(({ what, amount }) => [what, number(amount.versions), bytes(amount.bytes)] as const);
  const width = (column: 0 | 1 | 2): number => Math.max(0, ...lines.map((line) => line[column].length));
  return lines.map(
    ([what, versions, size]) =>
      `  ${what.padEnd(width(0))}  ${versions.padStart(width(1))}  ${size.padStart(width(2))}`,
  );
}

/** For a whole bucket, they show which keys can be removed. */
function idleKeys({ ssecKeys, tally }: Result): string[] {
  const idle = ssecKeys.filter(({ id }) => !tally.usedKeys.has(id)).map(({ id }) => id);
  if (idle.length === 0 || idle.length > 20) return [];
  return [`  keys that opened nothing here: ${idle.join(', ')}`];
}
