import { X509Certificate } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

type Shown = readonly [of: string, certificate: X509Certificate];

/** They are read once for each snapshot: probes ask for them every few seconds. */
const read = new WeakMap<object, readonly Shown[]>();

/** The certificates that clients see, of the listeners and of the admin address, by their place in the config. */
export function certificatesOf(snapshot: Pick<Snapshot, 'listeners' | 'admin'>): readonly Shown[] {
  const known = read.get(snapshot) ?? readAll(snapshot);
  read.set(snapshot, known);
  return known;
}

function readAll({ listeners, admin }: Pick<Snapshot, 'listeners' | 'admin'>): readonly Shown[] {
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
      const certificate = pair && readOf(pair.cert);
      return certificate === undefined ? [] : [[of, certificate] as const];
    });
  });
}

/** When they end, in seconds of Unix time. */
export function certificateEnds(
  snapshot: Pick<Snapshot, 'listeners' | 'admin'>,
): readonly (readonly [of: string, ends: number])[] {
  return certificatesOf(snapshot).map(([of, { validToDate }]) => [of, validToDate.getTime() / 1000]);
}

/** Of a chain, the first certificate is the listener's own. Undefined for what can't be read: no listener opens with it. */
function readOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
