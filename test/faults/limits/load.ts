import type { SecureContext } from 'node:tls';
import type { Address } from '../lab/client.ts';
import type { ProxyProcess, Start } from '../lab/proxy.ts';
import type { Store } from '../lab/store.ts';
import type { Behaviour, Row, Way } from '../row.ts';
import type { Peak } from './peak.ts';

/** What the clients of a load need. */
export interface Stand {
  readonly way: Way;
  readonly address: Address;
  /** One for all clients: each would make its own otherwise. Undefined over plain HTTP. */
  readonly context: SecureContext | undefined;
  readonly proxy: ProxyProcess;
  readonly store: Store;
  readonly peak: Peak;
  /** Descriptors of the proxy before the load. */
  readonly descriptors: number;
  /** For the line that the load gets. */
  say(text: string): void;
}

/** Many of something at once, against one proxy process of its own. */
export interface Load {
  readonly name: string;
  /** Default both. */
  readonly over?: Way;
  readonly store: Behaviour;
  /** Buckets, and the name that each has the store under. By default `load` alone, by its address. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly timeouts?: Row['timeouts'];
  /** More options of every upstream, every listener and the top of the config. */
  readonly upstream?: Readonly<Record<string, unknown>>;
  readonly listener?: Readonly<Record<string, unknown>>;
  readonly top?: Readonly<Record<string, unknown>>;
  /** What the process of the proxy needs; or why it can't be had here. */
  readonly start?: (folder: string) => Promise<Start & { readonly end?: () => void }>;
  readonly skip?: () => string | undefined;
  /** Takes a few seconds, and is in the short form. */
  readonly short?: true;
  /** Resident memory in MiB that is never exceeded. */
  readonly memory: number;
  /** With this, MiB that are still there at most when it is over, above those before. */
  readonly kept?: number;
  /** Milliseconds after which all descriptors are closed, where that is more than five seconds. */
  readonly backWithin?: number;
  /** @returns what is wrong */
  play(stand: Stand): Promise<readonly string[]>;
}
