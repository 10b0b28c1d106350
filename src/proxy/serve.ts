import type { Socket } from 'node:net';
import { setDefaultHighWaterMark } from 'node:stream';
import type { Debugged } from '../admin/debug.ts';
import type { Figures } from '../admin/figures.ts';
import type { Troubles } from '../admin/health-routes.ts';
import type { Logger } from '../log.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Facts } from '../status/facts.ts';
import { Running } from './running.ts';
import type { Surroundings } from './surroundings.ts';

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

/** Opens every listener of a snapshot and serves it. */
export async function startProxy(
  snapshot: Snapshot,
  log: Logger,
  surroundings: Surroundings = {},
): Promise<RunningProxy> {
  setDefaultHighWaterMark(false, HIGH_WATER_MARK);
  const proxy = new Running(snapshot, log, surroundings);
  await proxy.open();
  const { urls, adminPort, metrics, observer, overview, debug } = proxy;
  return {
    urls,
    adminPort,
    reload: (next) => proxy.reload(next),
    setTicketKeys: (keys) => proxy.setTicketKeys(keys),
    accept: (index, socket) => proxy.accept(index, socket),
    health: () => overview.own(),
    figures: () => metrics.figures(),
    debug,
    facts: () => observer.facts(),
    keep: (cause) => proxy.keep(cause),
    stop: () => proxy.stop(),
  };
}
