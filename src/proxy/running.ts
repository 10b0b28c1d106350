import type { Socket } from 'node:net';
import { type Admin, startAdmin } from '../admin/admin.ts';
import { type Debugged, debugged } from '../admin/debug.ts';
import { debugRoutes } from '../admin/debug-routes.ts';
import { healthRoutes } from '../admin/health-routes.ts';
import type { Metrics } from '../admin/metrics.ts';
import { adminRecord } from '../admin/record.ts';
import { statusRoutes } from '../admin/status-routes.ts';
import { StoreHealth } from '../keys/stores/health.ts';
import { ClientConnections } from '../listener/connections.ts';
import { roomForConnections } from '../listener/descriptors.ts';
import { type Bounds, Load } from '../listener/load.ts';
import type { Logger } from '../log.ts';
import { LOG_BUFFER } from '../log-destination.ts';
import { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import { configHash } from '../snapshot/config-hash.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { type Started, startedBy, waitForRestart } from '../snapshot/restart.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { Distrust, type Trust } from '../ssec/distrust.ts';
import { Observer } from '../status/observer.ts';
import { Prober } from '../status/prober.ts';
import { Unfinished } from '../unfinished.ts';
import { Connections } from '../upstream/connections.ts';
import { systemNames } from '../upstream/names/names.ts';
import { placeOf } from '../upstream/names/place-of.ts';
import { areManySlow } from '../upstream/slow-clients.ts';
import { LatestServed } from './exchange.ts';
import { heldIn, limitMemories, type Memories, makeMemories } from './memories.ts';
import { type Opened, openAll } from './open-listeners.ts';
import { ownMetrics } from './own-metrics.ts';
import { OwnOverview } from './own-overview.ts';
import { accountRefusedBytes } from './refused-bytes.ts';
import type { Serving } from './serving.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a stop waits for uploads that are aborted, in milliseconds. */
const ABORTS_MS = 3000;

/** A proxy from its start to its stop: the snapshot that it serves, and all that outlives one. */
export class Running {
  readonly metrics: Metrics;
  readonly observer: Observer;
  readonly overview: OwnOverview;
  readonly debug: Debugged;
  readonly #log: Logger;
  readonly #surroundings: Surroundings & Required<Pick<Surroundings, 'clock' | 'keyStores' | 'names'>>;
  readonly #load: Load;
  readonly #distrust: Trust;
  readonly #memories: Memories;
  readonly #prober: Prober;
  /** Some settings of another snapshot than the first wait for a restart. */
  readonly #started: Started;
  #serving: Serving;
  #admin: Admin | undefined;
  #opened: readonly Opened[] = [];

  constructor(snapshot: Snapshot, log: Logger, surroundings: Surroundings) {
    const { keyStores = new StoreHealth(), names = systemNames, clock = () => new Date() } = surroundings;
    this.#surroundings = { ...surroundings, keyStores, names, clock };
    this.#started = startedBy(snapshot);
    this.#log = log;
    this.#load = this.#makeLoad(snapshot);
    this.#distrust = surroundings.distrust ?? new Distrust();
    this.#memories = makeMemories(surroundings.encryptedUploads ?? new EncryptedUploads());
    this.metrics = this.#makeMetrics();
    this.#useLimits(snapshot);
    this.observer = this.#makeObserver();
    this.observer.use(snapshot);
    this.overview = this.#makeOverview();
    this.#serving = this.#makeServing(snapshot);
    this.metrics.config(configHash(snapshot), clock());
    this.#prober = new Prober({
      upstreams: () => allUpstreams(this.#serving.snapshot),
      connections: () => this.#serving.connections,
      observer: this.observer,
    });
    if (this.#serving.seen) this.#prober.use(snapshot.ready?.probe);
    this.debug = debugged(() => heldIn(this.#memories));
  }

  /** Opens the admin address and all listeners, or none. */
  async open(): Promise<void> {
    const { names, handedOver = false } = this.#surroundings;
    this.#admin = await this.#openAdmin();
    this.#opened = await openAll(this.#serving.snapshot, {
      admin: this.#admin,
      handedOver,
      names,
      connections: new ClientConnections(this.#load),
      current: () => this.#serving,
    });
    this.overview.reason = undefined;
  }

  get urls(): readonly string[] {
    return this.#opened.map(({ listener }) => listener.url);
  }

  get adminPort(): number | undefined {
    return this.#admin?.port;
  }

  reload(next: Snapshot): readonly string[] {
    const { metrics, observer, overview } = this;
    this.#load.use(boundsOf(next));
    for (const each of this.#opened) each.reload(next);
    this.#useLimits(next);
    this.#admin?.use(next.limits.admin, next.admin);
    this.#serving = {
      ...this.#serving,
      snapshot: next,
      connections: this.#serving.connections.succeed(allUpstreams(next)),
      signingKeys: new SigningKeys(),
      latest: new LatestServed(),
    };
    dressLog(this.#log, next);
    metrics.config(configHash(next), this.#surroundings.clock());
    metrics.reload('success');
    observer.use(next);
    overview.reloads.note('success', Date.now());
    if (this.#serving.seen) this.#prober.use(next.ready?.probe);
    return waitForRestart(this.#started, next);
  }

  setTicketKeys(keys: Buffer): void {
    for (const { listener } of this.#opened) listener.setTicketKeys(keys);
  }

  accept(index: number, socket: Socket): void {
    const to = this.#opened[index];
    if (to) to.listener.accept(socket);
    else socket.destroy();
  }

  keep(cause?: string): void {
    this.metrics.reload('failure');
    this.overview.reloads.note('failure', Date.now(), cause);
  }

  async stop(): Promise<void> {
    this.overview.reason = 'draining';
    this.#prober.stop();
    const { drain, drainIdle } = this.#serving.snapshot.limits;
    await Promise.all(this.#opened.map(({ listener }) => listener.drain(drain, drainIdle)));
    // A drain that ran out of time leaves uploads behind that are being aborted.
    await this.#serving.unfinished.settled(ABORTS_MS);
    this.#serving.connections.destroy();
    await this.#surroundings.tracer?.stop();
    await this.#admin?.close();
  }

  #makeLoad(snapshot: Snapshot): Load {
    const load = new Load({ ...boundsOf(snapshot), room: roomForConnections() });
    load.fronts.tell = (line) => {
      this.observer.frontFault(line.reason, line.remote);
      this.#log.warn(line, 'a connection was closed: it did not say whose it is');
    };
    load.tls.tell = (line) => {
      this.observer.tlsFailure(line.reason, line.remote);
      this.#log.warn(line, 'a TLS handshake failed');
    };
    load.areManySlow = areManySlow;
    load.refusedBytes = (refused) => accountRefusedBytes(refused, this.#serving);
    return load;
  }

  #makeMetrics(): Metrics {
    return ownMetrics(this.#surroundings, {
      labels: this.#started.metricLabels,
      load: this.#load,
      memories: this.#memories,
      distrust: this.#distrust,
      serving: () => this.#serving,
      admin: () => this.#admin,
    });
  }

  #makeObserver(): Observer {
    const { destination, audit } = this.#surroundings;
    return new Observer({
      load: this.#load,
      upstreams: () => this.#serving.connections.figures(),
      doubts: () => this.#distrust.doubts(),
      logs: { log: destination?.health, audit },
    });
  }

  #makeOverview(): OwnOverview {
    const { keyStores, destination, audit } = this.#surroundings;
    return new OwnOverview({
      snapshot: () => this.#serving.snapshot,
      observer: this.observer,
      keyStores,
      logHealth: destination?.health,
      auditHealth: audit?.health,
      metrics: this.metrics,
    });
  }

  #makeServing(snapshot: Snapshot): Serving {
    const { clock, names, lookup, audit, tracer, handedOver } = this.#surroundings;
    const { metrics, observer } = this;
    return {
      ...this.#memories,
      distrust: this.#distrust,
      unfinished: new Unfinished(),
      load: this.#load,
      metrics,
      observer,
      // A worker is seen by its master.
      seen: snapshot.admin !== undefined || handedOver === true,
      log: this.#log,
      audit,
      tracer,
      clock,
      random: Math.random,
      snapshot,
      connections: new Connections(allUpstreams(snapshot), { lookup, names, events: metrics.upstreams }),
      signingKeys: new SigningKeys(),
      latest: new LatestServed(),
    };
  }

  async #openAdmin(): Promise<Admin | undefined> {
    const { admin, limits } = this.#serving.snapshot;
    if (!admin) return undefined;
    const { names, audit } = this.#surroundings;
    const routes = [
      ...healthRoutes(this.overview),
      ...statusRoutes(this.overview),
      ...debugRoutes({
        on: () => this.#serving.snapshot.admin?.debug === true,
        of: (worker) => (worker === undefined ? this.debug : undefined),
      }),
    ];
    const { host } = await placeOf(admin, names);
    return await startAdmin(admin, routes, limits.admin, host, adminRecord(this.#log, audit));
  }

  #useLimits({ limits }: Snapshot): void {
    const { names, destination } = this.#surroundings;
    names.use(limits.names);
    limitMemories(this.#memories, limits);
    destination?.resize(limits.logBuffer ?? LOG_BUFFER);
  }
}

function boundsOf({ timeouts, limits }: Snapshot): Bounds {
  return { timeouts, limits: limits.clients };
}
