import type { LookupFunction } from 'node:net';
import type { SseKey } from '../keys/key.ts';
import type { DefaultEncryption } from '../ssec/blocked.ts';
import type { StoreClient } from '../store-client/client.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Finding } from './finding.ts';
import type { Seen } from './seen.ts';

/** A store to examine. */
export interface StoreBench {
  readonly upstream: Upstream;
  readonly client: StoreClient;
  readonly clock: () => Date;
  /** Resolves the store's name. */
  readonly lookup: LookupFunction;
}

/** A place at a store where a rule encrypts, and what the checks have learned about it. */
export interface Bench extends StoreBench {
  readonly bucket: string;
  /** Prefix of the rule. */
  readonly prefix: string;
  /** Prefix of the probes: random, below the prefix of the rule, and removed after the checks. */
  readonly folder: string;
  /** The key that the rule writes a probe with. */
  readonly keyOf: (objectKey: string) => SseKey;
  /** A key under which nothing is stored. */
  readonly stranger: SseKey;
  /** That many unique bytes. */
  readonly bytes: (size: number) => Buffer;
  readonly seen: Seen;
  /** The object keys of the probes, for the clean-up. */
  readonly made: Set<string>;
  readonly uploads: Map<string, string>;
  /** The bucket's default encryption, when the store returned it. */
  encryption?: DefaultEncryption;
  /** The first probe, once it is stored encrypted. */
  written?: Probe;
}

interface Probe {
  readonly objectKey: string;
  readonly ssecKey: SseKey;
  readonly body: Buffer;
}

/** One check. An error of the store that it throws is reported as something that could not be checked. */
export interface Check<Place> {
  readonly name: string;
  /** `written`: it needs the first probe. `nothing`: it only sends requests that change nothing. */
  readonly needs: 'nothing' | 'writes' | 'written';
  readonly run: (bench: Place) => Promise<readonly Finding[]>;
}
