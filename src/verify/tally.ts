import { configIdOf } from '../keys/derive.ts';
import { isFault, type State, type Verdict } from './judge.ts';

export interface Amount {
  versions: number;
  bytes: number;
}

/** The results so far, in memory that does not grow with the number of versions. */
export interface Tally {
  /** All versions except delete markers and deleted ones. */
  readonly all: Amount;
  /** Versions that open as their rule demands, by the id of the key; all derived keys count as one, `ID/object`. */
  readonly keys: ReadonlyMap<string, Amount>;
  /** The ids of the keys that opened anything. */
  readonly usedKeys: ReadonlySet<string>;
  /** The faulty states and unencrypted versions, under rules that encrypt and under others. */
  readonly faults: Readonly<Record<Fault, Amount>>;
  readonly elsewhere: Readonly<Record<Fault, Amount>>;
  readonly deleteMarkers: Amount;
  readonly gone: Amount;
  /** Versions that are not as their rule demands. */
  faultCount: number;
}

export const FAULTS = [
  'plain',
  'outside-ring',
  'unknown-key',
  'unreadable',
] as const satisfies readonly State[];
export type Fault = (typeof FAULTS)[number];

/** A tally that still counts. */
export interface Counting extends Tally {
  readonly keys: Map<string, Amount>;
  readonly usedKeys: Set<string>;
}

export function newTally(): Counting {
  return {
    all: nothing(),
    keys: new Map(),
    usedKeys: new Set(),
    faults: perFault(),
    elsewhere: perFault(),
    deleteMarkers: nothing(),
    gone: nothing(),
    faultCount: 0,
  };
}

export function count(tally: Counting, verdict: Verdict): void {
  const { listed, state, ssecKey } = verdict;
  if (ssecKey) tally.usedKeys.add(configIdOf(ssecKey).id);
  if (state === 'delete-marker' || state === 'gone') {
    add(state === 'gone' ? tally.gone : tally.deleteMarkers, 0);
    return;
  }
  add(tally.all, listed.size);
  if (isFault(verdict)) tally.faultCount += 1;
  add(amountOf(tally, verdict, state), listed.size);
}

function amountOf(
  { keys, faults, elsewhere }: Counting,
  { encrypts, ssecKey }: Verdict,
  state: 'opens' | Fault,
): Amount {
  if (state !== 'opens') return (encrypts ? faults : elsewhere)[state];
  const id = ssecKey?.id ?? '';
  const amount = keys.get(id) ?? nothing();
  keys.set(id, amount);
  return amount;
}

function perFault(): Record<Fault, Amount> {
  return { plain: nothing(), 'outside-ring': nothing(), 'unknown-key': nothing(), unreadable: nothing() };
}

function nothing(): Amount {
  return { versions: 0, bytes: 0 };
}

function add(amount: Amount, bytes: number): void {
  amount.versions += 1;
  amount.bytes += bytes;
}
