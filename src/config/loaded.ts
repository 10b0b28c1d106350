import type { Client } from '../clients/client.ts';
import type { SseKey } from '../keys/key.ts';
import type { VaultSettings } from '../keys/stores/vault.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import type { Credentials, Secret } from '../secret.ts';
import type { LoadedAdmin } from './load-admin.ts';

/** What the config refers to, read from files and the environment. The lists are parallel to the config's. */
export interface Loaded extends LoadedKeys {
  readonly tls: readonly ListenerSettings['tls'][];
  readonly admin?: LoadedAdmin | undefined;
  readonly upstream: LoadedUpstream;
  /** By the ids of the config. */
  readonly upstreams: ReadonlyMap<string, LoadedUpstream>;
  readonly clients: readonly (LoadedClient | 'anonymous' | 'left out')[];
}

export interface LoadedKeys {
  readonly ssecKeys: ReadonlyMap<string, SseKey>;
  /** Keys that are unavailable at the moment, and why. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface LoadedClient {
  readonly own: Credentials;
  readonly signers: Client['signers'];
  readonly sessionToken: Secret | undefined;
}

/** What an upstream of the config refers to. */
export interface LoadedUpstream {
  readonly ca: string | undefined;
  readonly credentials: Credentials;
}

/** A vault of the config. */
export interface LoadedVault {
  readonly settings: VaultSettings;
  /** Equal for two vaults only if address, authorities and credentials are equal. */
  readonly identity: string;
}
