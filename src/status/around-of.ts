import type { Part } from '../health-parts.ts';
import type { StoreStatus } from '../keys/stores/health.ts';
import { certificatesOf } from '../snapshot/certificates.ts';
import { waitsOf } from '../snapshot/edited-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Around, Reloads, WorkerFacts } from './around.ts';
import { factsOf } from './certificates.ts';

interface Surroundings {
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly reason: string | undefined;
  readonly reloads: Reloads;
  readonly keyStores: { all(): readonly StoreStatus[] };
  readonly logs?: Around['logs'];
  readonly workers?: WorkerFacts | undefined;
}

/** What stands around the requests, at this moment. */
export function aroundOf({ snapshot, reloads, keyStores, ...rest }: Surroundings): Around {
  return {
    ...rest,
    ...reloads.facts,
    waits: waitsOf(snapshot),
    keyStores: keyStores.all().map(({ name, lastSuccess, trouble }) => ({
      name,
      lastSuccess: lastSuccess?.getTime(),
      trouble,
    })),
    certificates: certificatesOf(snapshot).map(([of, certificate]) => factsOf(of, certificate)),
  };
}

/** The parts that make the proxy not ready when they are broken. */
export function requiredBy({ ready }: Pick<Snapshot, 'ready'>): readonly Part[] {
  return ready?.required ?? ['keys'];
}
