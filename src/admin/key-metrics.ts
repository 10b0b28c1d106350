import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';
import { Cells, Tally } from './tally.ts';

/** `encrypted` by a write; all others are of reads. */
export type KeyOutcome = 'opened' | 'encrypted' | 'wrong-key' | 'unclear' | 'plain' | 'other';

/** What is known of the keys of the config in use. */
export interface KeysKnown {
  /** Those that rules wait for, since no key store has given them out. */
  readonly missing: readonly string[];
  /** From when on a key writes, where the config says it: its id, and seconds of Unix time. */
  readonly writesFrom: readonly (readonly [id: string, from: number])[];
}

/** Which SSE-C keys are used, and which are missing. @returns what counts one that was sent to a store */
export function addKeyMetrics(
  registry: Registry,
  known: () => KeysKnown | undefined,
): (key: string, outcome: KeyOutcome) => void {
  const uses = new Tally({
    name: 'ssec_proxy_key_use_total',
    help: 'SSE-C keys sent to the store, by key id and outcome.',
    labelNames: ['key', 'outcome'],
    registers: [registry],
  });
  const last = new Cells(() => ({ at: 0 }));
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_key_last_success_timestamp_seconds',
    help: 'When an SSE-C key last encrypted or opened an object, by key id; since this process started.',
    label: 'key',
    aggregator: 'max',
    values: () => [...last.all()].map(([key, , { at }]) => [key, at / 1000] as const),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_keys_missing',
    help: 'SSE-C keys that rules wait for: no key store has given them out, and what they would encrypt is refused.',
    aggregator: 'max',
    values: () => [['', known()?.missing.length ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_key_writes_from_timestamp_seconds',
    help: 'From when on an SSE-C key writes, where the config says so (writesFrom), by key id.',
    label: 'key',
    aggregator: 'max',
    values: () => known()?.writesFrom ?? [],
  });
  return (key, outcome) => {
    uses.add(key, outcome);
    if (outcome === 'encrypted' || outcome === 'opened') last.at(key, '').at = Date.now();
  };
}
