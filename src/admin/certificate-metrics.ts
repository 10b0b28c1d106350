import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

/** Whose certificate it is, as the config names it, and when it ends in seconds of Unix time. */
export type CertificateEnd = readonly [of: string, ends: number];

/** When the certificates end: those of the listeners, and those that the stores showed. */
export function addCertificateMetrics(registry: Registry, ends: () => Iterable<CertificateEnd>): void {
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of a listener or of the admin address ends, or the one that a store showed last; by its place in the config.',
    label: 'certificate',
    aggregator: 'min',
    values: ends,
  });
}
