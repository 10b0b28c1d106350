import { createHmac } from 'node:crypto';
import { Secret } from '../secret.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/**
 * Tells whether two processes serve by the same config: a digest of all that a snapshot says, secrets and certificates
 * too, keys by their fingerprints. It is keyed, so that it gives nothing away.
 */
export function snapshotDigest(snapshot: Snapshot, key: Buffer): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(plain(snapshot)))
    .digest('base64');
}

function plain(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON();
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
