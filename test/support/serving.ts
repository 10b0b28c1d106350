import { makeMetrics } from '../../src/admin/metrics.ts';
import { KeyMemo } from '../../src/keys/memo.ts';
import { Load } from '../../src/listener/load.ts';
import { makeLog } from '../../src/log.ts';
import { EncryptedUploads } from '../../src/multipart/encrypted-uploads.ts';
import { LatestServed } from '../../src/proxy/exchange.ts';
import type { Serving } from '../../src/proxy/serving.ts';
import { HeldBytes } from '../../src/response/held-bytes.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { allUpstreams } from '../../src/snapshot/upstream-of.ts';
import { Distrust } from '../../src/ssec/distrust.ts';
import { Observer } from '../../src/status/observer.ts';
import { Unfinished } from '../../src/unfinished.ts';
import { BucketRegions } from '../../src/upstream/bucket-regions.ts';
import { Connections } from '../../src/upstream/connections.ts';
import { NOW } from './signed.ts';

export interface ServingInTest extends Serving {
  /** Lines of its log, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** What serves requests, at a standing clock and with a die that always shows `random`. */
export function servingOf(snapshot: Snapshot, random = 0): ServingInTest {
  const lines: Record<string, unknown>[] = [];
  const distrust = new Distrust();
  const load = new Load();
  return {
    snapshot,
    connections: new Connections(allUpstreams(snapshot)),
    signingKeys: new SigningKeys(),
    latest: new LatestServed(),
    distrust,
    memo: new KeyMemo(),
    regions: new BucketRegions(),
    encryptedUploads: new EncryptedUploads(),
    heldBytes: new HeldBytes(),
    heldOfClients: new HeldBytes(),
    heldOfUnsized: new HeldBytes(),
    unfinished: new Unfinished(),
    metrics: makeMetrics({ distrusted: () => distrust.refusing(NOW.getTime()) }),
    load,
    observer: new Observer({ load, upstreams: () => [], doubts: () => distrust.doubts() }),
    seen: true,
    log: makeLog('info', {
      write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
    clock: () => NOW,
    random: () => random,
    lines,
  };
}
