import { createHash } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/** What fits into the whole numbers of a double, in hex digits. */
const DIGITS = 12;

/**
 * A number of 48 bits for what requests are served by, so that replicas can be compared: rules, keys (by fingerprint),
 * clients, upstream. Secrets are not in it, nor what may differ from one replica to the next: addresses, certificates,
 * the log.
 */
export function configHash(snapshot: Snapshot): number {
  const {
    listeners: _1,
    admin: _2,
    limits: _3,
    watch: _4,
    keyRefresh: _5,
    logLevel: _6,
    ...shared
  } = snapshot;
  const text = JSON.stringify(shared, (_name, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value,
  );
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, DIGITS), 16);
}
