import type { AdminSettings } from '../admin/access.ts';
import type { AuditSettings } from '../audit-log.ts';
import type { Client } from '../clients/client.ts';
import type { Permissions } from '../clients/permissions.ts';
import type { Part } from '../health-parts.ts';
import type { SseKey } from '../keys/key.ts';
import type { ClientLimits, ClientTimeouts } from '../listener/bounds.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import type { MemoryLimits } from '../remembered.ts';
import type { DocumentLimits } from '../response/held-bytes.ts';
import type { RuleSet } from '../rules/match.ts';
import type { CustomDomains } from '../s3/target.ts';
import type { NameLimits } from '../upstream/names/limits.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { CopyLimits } from './copy-limits.ts';
import type { UnsizedLimits } from './unsized-limits.ts';

/**
 * Everything that a request needs, built once from the config and frozen. A request keeps the snapshot that it
 * started with; a reload builds another one and swaps them.
 */
export interface Snapshot {
  readonly listeners: readonly ListenerSettings[];
  /** The admin address; undefined when it is off. `debug`: profiles and memory figures are available there. */
  readonly admin: (AdminSettings & { readonly debug?: boolean }) | undefined;
  /** Lower-case names for which `bucket.<name>` is a virtual-hosted-style request. */
  readonly domains: readonly string[];
  /** Lower-case names that are each the whole address of a bucket; absent means none. */
  readonly customDomains?: CustomDomains | undefined;
  /** `strict`: a client must sign for the upstream's region. */
  readonly region: 'any' | 'strict';
  /** Are signatures of version 2 accepted from clients? */
  readonly sigv2: boolean;
  /** Are requests in the dialect of Huawei OBS? */
  readonly obs?: boolean;
  /** The default upstream. */
  readonly upstream: Upstream;
  /** The other upstreams, by the ids of the config. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Access key id → client. */
  readonly clients: ReadonlyMap<string, Client>;
  /** What may be done by requests that nobody signed; absent means nothing. */
  readonly anonymous?: Permissions | undefined;
  readonly rules: RuleSet;
  /** Every key of the config; `pinned` when the config states its fingerprint. */
  readonly ssecKeys: readonly { readonly ssecKey: SseKey; readonly pinned: boolean }[];
  /** Where each key comes from, by its id: `file`, `vault:main`; absent means unknown. */
  readonly keySources?: ReadonlyMap<string, string>;
  /** What makes the proxy not ready; absent means the defaults. */
  readonly ready?: { readonly required: readonly Part[]; readonly probe: number | undefined };
  readonly limits: Limits;
  /** By what else requests are counted; absent means by nothing. */
  readonly metricLabels?: readonly ('client' | 'bucket')[];
  /** How many processes serve; absent means 1. */
  readonly workers?: number | 'auto';
  /** How long clients may take; absent means the defaults. */
  readonly timeouts?: ClientTimeouts;
  /** How often the config's files are checked for changes, in milliseconds; absent means never. */
  readonly watch?: number | undefined;
  /** How often to fetch keys again that others may replace, in milliseconds; absent means never. */
  readonly keyRefresh?: number | undefined;
  /** What spans tell; absent means the defaults. */
  readonly tracing?: { readonly objectKeys: boolean };
  /** Lowest level to log; absent means `info`. */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** How lines look; absent means `auto`. */
  readonly logFormat?: 'auto' | 'json' | 'text' | 's3';
  /** Which part of the requests that were served has a line; absent means all. */
  readonly logSample?: number;
  /** Absent means that there is no audit log. */
  readonly audit?: AuditSettings | undefined;
}

interface Limits {
  /** How long a drain may take after SIGTERM, in milliseconds. */
  readonly drain: number;
  /** How long of it an idle connection waits for its next request, in milliseconds; by default not at all. */
  readonly drainIdle?: number | undefined;
  /** The limits of copies through the proxy; absent means the defaults. */
  readonly copies?: CopyLimits;
  /** How much clients may have at once; absent means the defaults. */
  readonly clients?: ClientLimits;
  /** How many bytes of documents that are read whole may be held; absent means the defaults. */
  readonly documents?: DocumentLimits;
  /** The same of documents of clients. */
  readonly clientDocuments?: DocumentLimits;
  /** The same of bodies of unknown length. */
  readonly unsizedBodies?: DocumentLimits;
  /** How much of one of these is held; absent means the defaults. */
  readonly unsized?: UnsizedLimits;
  /** How names are looked up; absent means the defaults. */
  readonly names?: NameLimits;
  /** Bounds of the admin address; absent means the defaults. */
  readonly admin?: { readonly connections: number; readonly patience: number };
  /** How much is remembered; absent means the defaults. */
  readonly memory?: MemoryLimits;
  /** How many bytes of log lines may wait; absent means the default. */
  readonly logBuffer?: number;
}
