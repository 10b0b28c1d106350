import type { LookupFunction, Socket } from 'node:net';
import { setDefaultHighWaterMark } from 'node:stream';
import { startAdmin } from '../admin/admin.ts';
import type { CertificateEnd } from '../admin/certificate-metrics.ts';
import { type Debugged, debugged } from '../admin/debug.ts';
import { debugRoutes } from '../admin/debug-routes.ts';
import type { Figures } from '../admin/figures.ts';
import { healthRoutes, type Troubles } from '../admin/health-routes.ts';
import { makeMetrics } from '../admin/metrics.ts';
import type { Build } from '../admin/process-metrics.ts';
import { adminRecord } from '../admin/record.ts';
import { statusRoutes } from '../admin/status-routes.ts';
import type { AuditLog } from '../audit-log.ts';
import { KeyMemo } from '../keys/memo.ts';
import { StoreHealth } from '../keys/stores/health.ts';
import { ClientConnections } from '../listener/connections.ts';
import { roomForConnections } from '../listener/descriptors.ts';
import { type Bounds, Load } from '../listener/load.ts';
import type { Logger } from '../log.ts';
import { LOG_BUFFER, type LogDestination } from '../log-destination.ts';
import { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import { MEMORY_LIMITS } from '../remembered.ts';
import { HeldBytes, OF_CLIENTS, OF_UNSIZED } from '../response/held-bytes.ts';
import { isGlob } from '../rules/glob.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import { certificateEnds } from '../snapshot/certificates.ts';
import { configHash } from '../snapshot/config-hash.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { keysKnown } from '../snapshot/keys-known.ts';
import { waitForRestart } from '../snapshot/restart.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { Distrust, type Trust } from '../ssec/distrust.ts';
import type { Facts } from '../status/facts.ts';
import { Observer } from '../status/observer.ts';
import { Prober } from '../status/prober.ts';
import type { Tracer } from '../tracing/trace.ts';
import { Unfinished } from '../unfinished.ts';
import { BucketRegions } from '../upstream/bucket-regions.ts';
import { Connections } from '../upstream/connections.ts';
import { type Names, systemNames } from '../upstream/names/names.ts';
import { placeOf } from '../upstream/names/place-of.ts';
import { LatestServed } from './exchange.ts';
import { openAll } from './open-listeners.ts';
import { OwnOverview } from './own-overview.ts';
import { accountRefusedBytes } from './refused-bytes.ts';
import type { Serving } from './serving.ts';

/**
 * What a stream holds before it pauses its source, in bytes: one TLS record. With Node's 64 KiB a hundred slow transfers
 * hold a hundred times that on each side. It is the process's default because an https server takes none of its own.
 */
const HIGH_WATER_MARK = 16 * 1024;

/** How long a stop waits for uploads that are aborted, in milliseconds. */
const ABORTS_MS = 3000;

export interface RunningProxy {
  /** The URLs that it listens on, in the order of the config. */
  readonly urls: readonly string[];
  readonly adminPort: number | undefined;
  /**
   * Serves new requests by another snapshot, and new connections with its certificates; what is under way finishes by
   * the one it began with.
   * @returns the fields of the config that wait for a restart
   * @throws what OpenSSL has against a certificate; the snapshot stays then
   */
  reload(snapshot: Snapshot): readonly string[];
  /** Seals the TLS session tickets of all listeners with these 48 bytes from now on. */
  setTicketKeys(keys: Buffer): void;
  /** Serves a connection that another process has accepted for a listener of the config, by its index. */
  accept(listener: number, socket: Socket): void;
  /** What the admin address tells. */
  health(): Troubles;
  figures(): Promise<Figures>;
  readonly debug: Debugged;
  /** What its requests told. */
  facts(): Facts;
  /** The config could not be reloaded: the snapshot stays, and the metrics tell. */
  keep(cause?: string): void;
  /** Takes no more requests, lets those under way finish for at most `limits.drain`, then closes. */
  stop(): Promise<void>;
}

/** What a proxy takes from where it runs. */
interface Surroundings {
  readonly clock?: () => Date;
  readonly keyStores?: Pick<StoreHealth, 'all' | 'trouble'>;
  /** Where its log goes. */
  readonly destination?: Pick<LogDestination, 'health' | 'resize'>;
  readonly audit?: AuditLog | undefined;
  /** Resolve the names of stores; by default those of the process. */
  readonly names?: Names;
  /** In place of names. */
  readonly lookup?: LookupFunction;
  /** What it shares with other processes; by default, nothing. */
  readonly distrust?: Trust;
  readonly encryptedUploads?: EncryptedUploads;
  /** What runs, for metrics. */
  readonly build?: Build;
  /** Is the whole process this proxy, so that the metrics of the process are its own? */
  readonly showsProcess?: boolean;
  /** Another process listens, and hands over the connections. */
  readonly handedOver?: boolean;
  /** Makes spans, and is stopped at the end. */
  readonly tracer?: Tracer | undefined;
}

/** Opens every listener of a snapshot and serves it. */
export async function startProxy(
  snapshot: Snapshot,
  log: Logger,
  surroundings: Surroundings = {},
): Promise<RunningProxy> {
  const {
    clock = () => new Date(),
    keyStores = new StoreHealth(),
    destination,
    audit,
    names = systemNames,
    lookup,
    distrust = new Distrust(),
    encryptedUploads = new EncryptedUploads(),
    handedOver = false,
    build,
    showsProcess = false,
    tracer,
  } = surroundings;
  setDefaultHighWaterMark(false, HIGH_WATER_MARK);
  const load = new Load({ ...boundsOf(snapshot), room: roomForConnections() });
  load.fronts.tell = (line) => {
    observer.frontFault(line.reason, line.remote);
    log.warn(line, 'a connection was closed: it did not say whose it is');
  };
  load.tls.tell = (line) => {
    observer.tlsFailure(line.reason, line.remote);
    log.warn(line, 'a TLS handshake failed');
  };
  load.refusedBytes = (refused) => accountRefusedBytes(refused, serving);
  const [memo, regions] = [new KeyMemo(), new BucketRegions()];
  const heldBytes = new HeldBytes();
  const heldOfClients = new HeldBytes(OF_CLIENTS);
  const heldOfUnsized = new HeldBytes(OF_UNSIZED);
  const metrics = makeMetrics({
    distrusted: () => distrust.refusing(clock().getTime()),
    certificates: () => [...listenerEnds, ...storeEnds(serving.connections)],
    named: {
      client: (accessKeyId) => serving.snapshot.clients.has(accessKeyId),
      clients: () => serving.snapshot.clients.keys(),
      stores: () => allUpstreams(serving.snapshot).map(({ name }) => name),
      bucket: (bucket) => bucketsOfRules.has(bucket),
    },
    labels: snapshot.metricLabels,
    keys: () => keysKnown(serving.snapshot),
    build,
    showsProcess,
    keyStores: () => keyStores.all(),
    upstreams: () => serving.connections.figures(),
    logHealth: destination?.health,
    auditHealth: audit?.health,
    clients: load,
    names: () => names.figures(),
    memory: () => ({ objects: memo.figures, uploads: encryptedUploads.figures, buckets: regions.figures }),
    admin: () => admin?.figures,
    spans: () => tracer?.figures,
    documents: () => ({
      lists: heldBytes.figures,
      clients: heldOfClients.figures,
      bodies: heldOfUnsized.figures,
    }),
  });
  let listenerEnds = certificateEnds(snapshot);
  let bucketsOfRules = namedBuckets(snapshot);
  const useLimits = ({ limits }: Snapshot): void => {
    names.use(limits.names);
    heldBytes.use(limits.documents);
    heldOfClients.use(limits.clientDocuments);
    heldOfUnsized.use(limits.unsizedBodies);
    const { objects, uploads, buckets } = limits.memory ?? MEMORY_LIMITS;
    memo.use(objects);
    encryptedUploads.use(uploads);
    regions.use(buckets);
    destination?.resize(limits.logBuffer ?? LOG_BUFFER);
  };
  useLimits(snapshot);
  const observer = new Observer({
    load,
    upstreams: () => serving.connections.figures(),
    doubts: () => distrust.doubts(),
    logs: { log: destination?.health, audit },
  });
  observer.use(snapshot);
  const overview = new OwnOverview({
    snapshot: () => serving.snapshot,
    observer,
    keyStores,
    logHealth: destination?.health,
    auditHealth: audit?.health,
    metrics,
  });
  const lasting = {
    distrust,
    memo,
    regions,
    encryptedUploads,
    heldBytes,
    heldOfClients,
    heldOfUnsized,
    unfinished: new Unfinished(),
    load,
    metrics,
    observer,
    // A worker is seen by its master.
    seen: snapshot.admin !== undefined || handedOver,
    log,
    audit,
    tracer,
    clock,
    random: Math.random,
  };
  let serving: Serving = {
    ...lasting,
    snapshot,
    connections: new Connections(allUpstreams(snapshot), { lookup, names, events: metrics.upstreams }),
    signingKeys: new SigningKeys(),
    latest: new LatestServed(),
  };
  metrics.config(configHash(snapshot), clock());
  const prober = new Prober({
    upstreams: () => allUpstreams(serving.snapshot),
    connections: () => serving.connections,
    observer,
  });
  if (lasting.seen) prober.use(snapshot.ready?.probe);
  const debug = debugged(() => ({
    documents: heldBytes.figures,
    clientDocuments: heldOfClients.figures,
    unsizedBodies: heldOfUnsized.figures,
  }));
  const admin =
    snapshot.admin &&
    (await startAdmin(
      snapshot.admin,
      [
        ...healthRoutes(overview),
        ...statusRoutes(overview),
        ...debugRoutes({
          on: () => serving.snapshot.admin?.debug === true,
          of: (worker) => (worker === undefined ? debug : undefined),
        }),
      ],
      snapshot.limits.admin,
      (
        await placeOf(snapshot.admin, names)
      ).host,
      adminRecord(log, audit),
    ));
  const opened = await openAll(snapshot, {
    admin,
    handedOver,
    names,
    connections: new ClientConnections(load),
    current: () => serving,
  });
  overview.reason = undefined;
  return {
    urls: opened.map(({ listener }) => listener.url),
    adminPort: admin?.port,
    reload: (next) => {
      load.use(boundsOf(next));
      for (const each of opened) each.reload(next);
      useLimits(next);
      admin?.use(next.limits.admin, next.admin);
      const connections = serving.connections.succeed(allUpstreams(next));
      serving = {
        ...serving,
        snapshot: next,
        connections,
        signingKeys: new SigningKeys(),
        latest: new LatestServed(),
      };
      listenerEnds = certificateEnds(next);
      bucketsOfRules = namedBuckets(next);
      dressLog(log, next);
      metrics.config(configHash(next), clock());
      metrics.reload('success');
      observer.use(next);
      overview.reloads.note('success', Date.now());
      if (lasting.seen) prober.use(next.ready?.probe);
      return waitForRestart(snapshot, next);
    },
    setTicketKeys: (keys) => {
      for (const { listener } of opened) listener.setTicketKeys(keys);
    },
    accept: (index, socket) => {
      const to = opened[index];
      if (to) to.listener.accept(socket);
      else socket.destroy();
    },
    health: () => overview.own(),
    facts: () => observer.facts(),
    figures: () => metrics.figures(),
    debug,
    keep: (cause) => {
      metrics.reload('failure');
      overview.reloads.note('failure', Date.now(), cause);
    },
    stop: async () => {
      overview.reason = 'draining';
      prober.stop();
      const { drain, drainIdle } = serving.snapshot.limits;
      await Promise.all(opened.map(({ listener }) => listener.drain(drain, drainIdle)));
      // A drain that ran out of time leaves uploads behind that are being aborted.
      await lasting.unfinished.settled(ABORTS_MS);
      serving.connections.destroy();
      await tracer?.stop();
      await admin?.close();
    },
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

function boundsOf({ timeouts, limits }: Snapshot): Bounds {
  return { timeouts, limits: limits.clients };
}
