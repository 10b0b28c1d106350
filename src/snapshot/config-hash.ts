import { createHash } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/** As many hex digits as an integer in a double can have. */
const DIGITS = 12;

/**
 * A hash of 48 bits of everything that decides how requests are served, so that replicas can be compared: rules, keys (by
 * fingerprint), clients, upstream. It covers no secrets, and nothing that may differ between replicas: addresses,
 * certificates, the log.
 */
export function configHash(snapshot: Snapshot): number {
  const {
    listeners: _1,
    admin: _2,
    limits: _3,
    watch: _4,
    keyRefresh: _5,
    logLevel: _6,
    workers: _7,
    metricLabels: _8,
    tracing: _9,
    keySources: _10,
    ready: _11,
    audit: _12,
    logFormat: _13,
    logSample: _14,
    ...shared
  } = snapshot;
  const text = JSON.stringify(shared, (_name, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value,
  );
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, DIGITS), 16);
}
