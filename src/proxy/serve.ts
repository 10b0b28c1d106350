import type { LookupFunction, Socket } from 'node:net';
import { setDefaultHighWaterMark } from 'node:stream';
import { type Admin, startAdmin } from '../admin/admin.ts';
import { type Figures, makeMetrics } from '../admin/metrics.ts';
import { KeyMemo } from '../keys/memo.ts';
import { StoreHealth } from '../keys/stores/health.ts';
import { ClientConnections } from '../listener/connections.ts';
import { roomForConnections } from '../listener/descriptors.ts';
import type { Handler } from '../listener/handler.ts';
import { type Listener, listen } from '../listener/listen.ts';
import { type Bounds, Load } from '../listener/load.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import type { Logger } from '../log.ts';
import { LOG_BUFFER, type LogDestination } from '../log-destination.ts';
import { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import { HeldBytes, OF_CLIENTS } from '../response/held-bytes.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import { configHash } from '../snapshot/config-hash.ts';
import { waitsOf } from '../snapshot/edited-keys.ts';
import { settingsOf, waitForRestart } from '../snapshot/restart.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { Distrust, type Trust } from '../ssec/distrust.ts';
import { BucketRegions } from '../upstream/bucket-regions.ts';
import { Connections } from '../upstream/connections.ts';
import { type Names, systemNames } from '../upstream/names/names.ts';
import { handle } from './handle.ts';
import type { Serving } from './serving.ts';

/**
 * What a stream holds before it pauses its source, in bytes: one TLS record. With Node's 64 KiB a hundred slow transfers
 * hold a hundred times that on each side. It is the process's default because an https server takes none of its own.
 */
const HIGH_WATER_MARK = 16 * 1024;

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
  health(): ProcessHealth;
  figures(): Promise<Figures>;
  /** The config could not be reloaded: the snapshot stays, and the metrics tell. */
  keep(): void;
  /** Takes no more requests, lets those under way finish for at most `limits.drain`, then closes. */
  stop(): Promise<void>;
}

/** As in `Health` of the admin address. */
export interface ProcessHealth {
  readonly notReady?: string | undefined;
  readonly degraded?: string | undefined;
}

/** What a proxy takes from where it runs. */
interface Surroundings {
  readonly clock?: () => Date;
  readonly keyStores?: Pick<StoreHealth, 'all' | 'trouble'>;
  /** Where its log goes. */
  readonly destination?: Pick<LogDestination, 'health' | 'resize'>;
  /** Resolve the names of stores; by default those of the process. */
  readonly names?: Names;
  /** In place of names. */
  readonly lookup?: LookupFunction;
  /** What it shares with other processes; by default, nothing. */
  readonly distrust?: Trust;
  readonly encryptedUploads?: EncryptedUploads;
  /** Another process listens, and hands over the connections. */
  readonly handedOver?: boolean;
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
    names = systemNames,
    lookup,
    distrust = new Distrust(),
    encryptedUploads = new EncryptedUploads(),
    handedOver = false,
  } = surroundings;
  setDefaultHighWaterMark(false, HIGH_WATER_MARK);
  let reason: string | undefined = 'starting';
  const load = new Load({ ...boundsOf(snapshot), room: roomForConnections() });
  const heldBytes = new HeldBytes();
  const heldOfClients = new HeldBytes(OF_CLIENTS);
  const metrics = makeMetrics({
    distrusted: () => distrust.count(clock().getTime()),
    keyStores: () => keyStores.all(),
    upstreams: () => serving.connections.figures(),
    logHealth: destination?.health,
    clients: load,
    names: () => names.figures(),
    documents: () => ({ lists: heldBytes.figures, clients: heldOfClients.figures }),
  });
  const useLimits = ({ limits }: Snapshot): void => {
    names.use(limits.names);
    heldBytes.use(limits.documents);
    heldOfClients.use(limits.clientDocuments);
    destination?.resize(limits.logBuffer ?? LOG_BUFFER);
  };
  useLimits(snapshot);
  const lasting = {
    distrust,
    memo: new KeyMemo(),
    regions: new BucketRegions(),
    encryptedUploads,
    heldBytes,
    heldOfClients,
    load,
    metrics,
    log,
    clock,
    random: Math.random,
  };
  let serving: Serving = {
    ...lasting,
    snapshot,
    connections: new Connections(allUpstreams(snapshot), { lookup, names, events: metrics.upstreams }),
    signingKeys: new SigningKeys(),
  };
  metrics.config(configHash(snapshot), clock());
  const health = {
    notReady: () => reason ?? waitingFor(serving.snapshot),
    degraded: () => allOf(keyStores.trouble(), destination?.health.trouble()),
    metrics: () => metrics.text(),
  };
  const admin = snapshot.admin && (await startAdmin(await placeOf(snapshot.admin, names), health));
  const opened = await openAll(snapshot, {
    admin,
    handedOver,
    names,
    connections: new ClientConnections(load),
    current: () => serving,
  });
  reason = undefined;
  return {
    urls: opened.map(({ listener }) => listener.url),
    adminPort: admin?.port,
    reload: (next) => {
      load.use(boundsOf(next));
      for (const each of opened) each.reload(next);
      useLimits(next);
      const connections = serving.connections.succeed(allUpstreams(next));
      serving = { ...serving, snapshot: next, connections, signingKeys: new SigningKeys() };
      log.level = next.logLevel ?? log.level;
      metrics.config(configHash(next), clock());
      metrics.reload('success');
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
    health: () => ({ notReady: health.notReady(), degraded: health.degraded() }),
    figures: () => metrics.figures(),
    keep: () => metrics.reload('failure'),
    stop: async () => {
      reason = 'draining';
      const { drain } = serving.snapshot.limits;
      await Promise.all(opened.map(({ listener }) => listener.drain(drain)));
      serving.connections.destroy();
      await admin?.close();
    },
  };
}

/** A proxy that can't serve all of its rules wants no requests, and serves those that come by the others. */
function waitingFor(snapshot: Snapshot): string | undefined {
  const waits = waitsOf(snapshot).map(({ id, cause }) => `keys.${id}: ${cause}`);
  return waits.length === 0 ? undefined : `waiting for keys: ${waits.join('; ')}`;
}

function allOf(...troubles: readonly (string | undefined)[]): string | undefined {
  return troubles.filter((trouble) => trouble !== undefined).join('; ') || undefined;
}

function boundsOf({ timeouts, limits }: Snapshot): Bounds {
  return { timeouts, limits: limits.clients };
}

/** Where to listen: a name is looked up like any other, so that one that hangs fails in time. */
export async function placeOf<Place extends { readonly host: string }>(
  place: Place,
  names: Names,
): Promise<Place> {
  const [first] = await names.addresses(place.host, 0);
  return first ? { ...place, host: first.address } : place;
}

interface Opened {
  readonly listener: Listener;
  /** Serves by what another snapshot says of this listener, if it says anything. */
  reload(next: Snapshot): void;
}

interface Opening {
  readonly admin: Admin | undefined;
  readonly handedOver: boolean;
  readonly names: Names;
  readonly connections: ClientConnections;
  readonly current: () => Serving;
}

/** All listeners or none: one that can't be opened closes those that could. */
async function openAll(snapshot: Snapshot, opening: Opening): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  try {
    for (const [index, settings] of snapshot.listeners.entries())
      opened.push(await open(settings, index, opening));
  } catch (error) {
    await Promise.all(opened.map(({ listener }) => listener.drain(0)));
    await opening.admin?.close();
    throw error;
  }
  return opened;
}

async function open(
  first: ListenerSettings,
  index: number,
  { connections, current, handedOver, names }: Opening,
): Promise<Opened> {
  let settings = first;
  const serve: Handler = (request, response) => {
    void handle(request, response, current(), settings);
  };
  const { host: address } = handedOver ? first : await placeOf(first, names);
  const listener = await listen(first, serve, connections, { address, handedOver });
  return {
    listener,
    reload: (snapshot) => {
      const next = settingsOf(first, index, snapshot) ?? settings;
      const renewed = next.tls?.cert !== settings.tls?.cert || next.tls?.key !== settings.tls?.key;
      if (next.tls && renewed) listener.renew(next.tls);
      settings = next;
      listener.setTimes(connections.load.timeouts);
    },
  };
}
