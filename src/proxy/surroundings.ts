import type { LookupFunction } from 'node:net';
import type { Build } from '../admin/process-metrics.ts';
import type { AuditLog } from '../audit-log.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { LogDestination } from '../log-destination.ts';
import type { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import type { Trust } from '../ssec/distrust.ts';
import type { Tracer } from '../tracing/trace.ts';
import type { Names } from '../upstream/names/names.ts';

/** What a proxy takes from where it runs. */
export interface Surroundings {
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
