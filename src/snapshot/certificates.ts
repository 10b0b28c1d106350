import { X509Certificate } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/** When the certificates of the listeners and of the admin address end, by their place in the config, in seconds of Unix time. */
export function certificateEnds({
  listeners,
  admin,
}: Pick<Snapshot, 'listeners' | 'admin'>): readonly (readonly [of: string, ends: number])[] {
  const shown = [
    ...listeners.map(({ tls }, index) => [`listen[${index}]`, tls] as const),
    ['admin', admin?.tls] as const,
  ];
  return shown.flatMap(([place, tls]) => {
    const further = (tls && 'certificates' in tls && tls.certificates) || [];
    const all = [
      [place, tls],
      ...further.map((pair, index) => [`${place}.tls.certificates[${index}]`, pair] as const),
    ] as const;
    return all.flatMap(([of, pair]) => {
      const ends = pair && endOf(pair.cert);
      return ends === undefined ? [] : [[of, ends] as const];
    });
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
