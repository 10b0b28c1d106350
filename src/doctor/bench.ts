import type { SseKey } from '../keys/key.ts';
import type { DefaultEncryption } from '../ssec/blocked.ts';
import type { StoreClient } from '../store-client/client.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Finding } from './finding.ts';
import type { Seen } from './seen.ts';

/** A store, to be looked at. */
export interface StoreBench {
  readonly upstream: Upstream;
  readonly client: StoreClient;
  readonly now: () => Date;
}

/** A place at a store where a rule encrypts, with what is learned of it on the way. */
export interface Bench extends StoreBench {
  readonly bucket: string;
  /** Prefix of the rule. */
  readonly prefix: string;
  /** Prefix of the probes: below that of the rule, by chance, and gone when the checks are. */
  readonly folder: string;
  /** Which key the rule writes a probe with. */
  readonly keyOf: (objectKey: string) => SseKey;
  /** A key that nothing is stored under. */
  readonly stranger: SseKey;
  /** So many bytes that nothing else holds. */
  readonly bytes: (size: number) => Buffer;
  readonly seen: Seen;
  /** What the probes were written under, for whoever cleans up. */
  readonly made: Set<string>;
  readonly uploads: Map<string, string>;
  /** The bucket's default encryption, when the store told it. */
  encryption?: DefaultEncryption;
  /** The first probe, once it is stored encrypted. */
  written?: Probe;
}

interface Probe {
  readonly objectKey: string;
  readonly ssecKey: SseKey;
  readonly body: Buffer;
}

/** One thing to look at. What it throws of the store's is told as what could not be found out. */
export interface Check<Place> {
  readonly name: string;
  /** `written`: it works on the first probe. `nothing`: it only asks. */
  readonly needs: 'nothing' | 'writes' | 'written';
  readonly run: (bench: Place) => Promise<readonly Finding[]>;
}
