import type { Admin } from '../admin/admin.ts';
import type { CertificateEnd } from '../admin/certificate-metrics.ts';
import { type Metrics, makeMetrics } from '../admin/metrics.ts';
import type { Load } from '../listener/load.ts';
import { isGlob } from '../rules/glob.ts';
import { certificateEnds } from '../snapshot/certificates.ts';
import { keysKnown } from '../snapshot/keys-known.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import type { Trust } from '../ssec/distrust.ts';
import type { Connections } from '../upstream/connections.ts';
import { heldIn, type Memories, rememberedIn } from './memories.ts';
import type { Serving } from './serving.ts';
import type { Surroundings } from './surroundings.ts';

/** What a proxy has that is shown. */
interface Shown {
  /** Those that it began with. */
  readonly labels: Snapshot['metricLabels'];
  readonly load: Load;
  readonly memories: Memories;
  readonly distrust: Trust;
  /** The one in use. */
  readonly serving: () => Serving;
  readonly admin: () => Admin | undefined;
}

/** The metrics of one proxy. */
export function ownMetrics(
  {
    clock,
    keyStores,
    names,
    destination,
    audit,
    tracer,
    build,
    showsProcess = false,
  }: Surroundings & Required<Pick<Surroundings, 'clock' | 'keyStores' | 'names'>>,
  { labels, load, memories, distrust, serving, admin }: Shown,
): Metrics {
  const snapshot = (): Snapshot => serving().snapshot;
  const bucketsOfRules = ofEach(namedBuckets);
  const listenerEnds = ofEach(certificateEnds);
  return makeMetrics({
    distrusted: () => distrust.refusing(clock().getTime()),
    certificates: () => [...listenerEnds(snapshot()), ...storeEnds(serving().connections)],
    named: {
      client: (accessKeyId) => snapshot().clients.has(accessKeyId),
      clients: () => snapshot().clients.keys(),
      stores: () => allUpstreams(snapshot()).map(({ name }) => name),
      bucket: (bucket) => bucketsOfRules(snapshot()).has(bucket),
    },
    labels,
    keys: () => keysKnown(snapshot()),
    build,
    showsProcess,
    keyStores: () => keyStores.all(),
    upstreams: () => serving().connections.figures(),
    logHealth: destination?.health,
    auditHealth: audit?.health,
    clients: load,
    names: () => names.figures(),
    memory: () => rememberedIn(memories),
    admin: () => admin()?.figures,
    spans: () => tracer?.figures,
    documents: () => {
      const { documents: lists, clientDocuments: clients, unsizedBodies: bodies } = heldIn(memories);
      return { lists, clients, bodies };
    },
  });
}

/** What follows from a snapshot, found out once for each. */
function ofEach<T>(find: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  let last: { readonly snapshot: Snapshot; readonly found: T } | undefined;
  return (snapshot) => {
    if (last?.snapshot !== snapshot) last = { snapshot, found: find(snapshot) };
    return last.found;
  };
}

/** When the certificates end that stores have shown. */
function storeEnds(connections: Connections): readonly CertificateEnd[] {
  return connections
    .figures()
    .flatMap(({ upstream, certificateEnds: ends }) =>
      ends === undefined ? [] : [[upstream, ends] as const],
    );
}

/** The buckets that a rule names, and not by a pattern. */
function namedBuckets({ rules }: Snapshot): ReadonlySet<string> {
  return new Set(rules.rules.flatMap(({ bucket }) => (isGlob(bucket) ? [] : [bucket])));
}
