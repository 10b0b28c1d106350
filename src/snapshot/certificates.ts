import { X509Certificate } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/** When the certificates of the listeners end, by their place in the config, in seconds of Unix time. */
export function certificateEnds({
  listeners,
}: Pick<Snapshot, 'listeners'>): readonly (readonly [of: string, ends: number])[] {
  return listeners.flatMap(({ tls }, index) => {
    const ends = tls && endOf(tls.cert);
    return ends === undefined ? [] : [[`listen[${index}]`, ends] as const];
  });
}

/** Of a chain, the first certificate is the listener's own. Undefined for what can't be read: no listener opens with it. */
function endOf(pem: string): number | undefined {
  try {
    return new X509Certificate(pem).validToDate.getTime() / 1000;
  } catch {
    return undefined;
  }
}
