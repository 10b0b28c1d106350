import type { Permissions } from '../clients/permissions.ts';
import type { SseKey } from '../keys/key.ts';
import type { RuleSet } from '../rules/match.ts';
import type { Provider } from '../s3/providers.ts';
import type { Credentials } from '../secret.ts';
import type { Holder } from '../sigv4/verify.ts';
import type { CopyLimits } from './copy-limits.ts';

/**
 * Everything that a request needs, built once from the config and frozen. A request keeps the snapshot that it
 * started with; a reload builds another one and swaps them.
 */
export interface Snapshot {
  readonly listeners: readonly ListenerSettings[];
  readonly admin: { readonly host: string; readonly port: number } | undefined;
  /** Lower-case names for which `bucket.<name>` is a virtual-hosted-style request. */
  readonly domains: readonly string[];
  /** `strict`: a client must sign for the upstream's region. */
  readonly region: 'any' | 'strict';
  /** Are signatures of version 2 accepted from clients? */
  readonly sigv2: boolean;
  /** The default upstream. */
  readonly upstream: Upstream;
  /** The other upstreams, by the ids of the config. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Access key id → client. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly rules: RuleSet;
  /** Every key of the config; `pinned` when the config states its fingerprint. */
  readonly ssecKeys: readonly { readonly ssecKey: SseKey; readonly pinned: boolean }[];
  readonly limits: Limits;
  /** How often the config's files are checked for changes, in milliseconds; absent means never. */
  readonly watch?: number | undefined;
  /** How often to fetch keys again that others may replace, in milliseconds; absent means never. */
  readonly keyRefresh?: number | undefined;
  /** Lowest level to log; absent means `info`. */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly auth: 'sigv4' | 'none';
  /** What clients of a listener without authentication may do. */
  readonly permissions: Permissions;
}

export interface Upstream {
  /** Its path in the config: `upstream`, `upstreams.archive`. */
  readonly name: string;
  readonly protocol: 'http:' | 'https:';
  /** Host name or address without port; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path in front of `/bucket/key`, without a slash at its end; empty for nearly every store. */
  readonly basePath: string;
  readonly region: string;
  readonly addressing: 'path' | 'virtual';
  readonly provider: Provider;
  /** `marked`: ETags under an encrypting rule get a mark, so that clients see that they are not MD5s. */
  readonly etags: 'marked' | 'as-is';
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca: string | undefined;
  readonly credentials: Credentials;
  /** All in milliseconds. */
  readonly timeouts: {
    readonly connect: number;
    readonly headers: number;
    readonly idle: number;
    readonly keepAlive: number;
  };
}

export interface Client extends Holder {
  /** The credentials for this client's requests, by the names of upstreams; by default the upstream's own. */
  readonly signers: ReadonlyMap<string, Credentials>;
  readonly permissions: Permissions;
}

interface Limits {
  /** How long a drain may take after SIGTERM, in milliseconds. */
  readonly drain: number;
  /** The limits of copies through the proxy; absent means the defaults. */
  readonly copies?: CopyLimits;
}
