import type { Metrics } from '../admin/metrics.ts';
import type { AuditLog } from '../audit-log.ts';
import type { KeyMemo } from '../keys/memo.ts';
import type { Load } from '../listener/load.ts';
import type { Logger } from '../log.ts';
import type { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import type { HeldBytes } from '../response/held-bytes.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Trust } from '../ssec/distrust.ts';
import type { Observer } from '../status/observer.ts';
import type { Tracer } from '../tracing/trace.ts';
import type { Unfinished } from '../unfinished.ts';
import type { BucketRegions } from '../upstream/bucket-regions.ts';
import type { Connections } from '../upstream/connections.ts';

/** What serves requests: one snapshot and what lives as long as it, or longer. */
export interface Serving {
  readonly snapshot: Snapshot;
  readonly connections: Connections;
  readonly signingKeys: SigningKeys;
  /** Of each operation the latest request: see `LatestServed`. */
  readonly latest: Keeping;
  readonly distrust: Trust;
  readonly memo: KeyMemo;
  readonly regions: BucketRegions;
  readonly encryptedUploads: EncryptedUploads;
  /** Of documents of stores. */
  readonly heldBytes: HeldBytes;
  /** Of documents of clients, so that these keep nobody from a list. */
  readonly heldOfClients: HeldBytes;
  /** Of bodies of unknown length. */
  readonly heldOfUnsized: HeldBytes;
  /** What a stop waits for. */
  readonly unfinished: Unfinished;
  readonly load: Load;
  readonly metrics: Metrics;
  readonly observer: Observer;
  /** Can anybody see what is counted? Not without an admin address. */
  readonly seen: boolean;
  readonly log: Logger;
  readonly audit?: AuditLog | undefined;
  /** Where spans are wanted. */
  readonly tracer?: Tracer | undefined;
  readonly clock: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
}

interface Keeping {
  /** @param headers of the client @param parts all that the request is made of */
  keep(operation: string, headers: WireHeaders, parts: unknown): void;
}
