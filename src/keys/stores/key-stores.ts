import { type ReadFile, readFromDisk } from '../../files.ts';
import type { SseKey } from '../key.ts';
import { StoreHealth } from './health.ts';
import type { VaultSettings, VaultStore } from './vault.ts';

/** What outlives a reload: loaded keys, the health of the stores, and the vaults that the proxy is logged in to. */
export class KeyStores {
  /** Loaded keys, by source and by what the config demands of them. A key stays when its store is unreachable. */
  readonly held = new Map<string, SseKey>();
  readonly health = new StoreHealth();
  readonly #readFile: ReadFile;
  readonly #vaults = new Map<string, VaultStore>();
  readonly #ended = new AbortController();

  constructor(readFile: ReadFile = readFromDisk) {
    this.#readFile = readFile;
  }

  /** The vault with these settings; it is opened once. */
  async vault(identity: string, settings: VaultSettings): Promise<VaultStore> {
    const { openVault } = await import('./vault.ts');
    const opened = this.#vaults.get(identity) ?? openVault(settings, this.#readFile);
    this.#vaults.set(identity, opened);
    return opened;
  }

  /** Forgets every key whose source no config names any more. */
  forgetOthers(origins: ReadonlySet<string>): void {
    for (const origin of this.held.keys()) if (!origins.has(origin)) this.held.delete(origin);
  }

  /** Logs out of every vault except these. */
  async closeOthers(identities: ReadonlySet<string>): Promise<void> {
    const others = [...this.#vaults].filter(([identity]) => !identities.has(identity));
    for (const [identity] of others) this.#vaults.delete(identity);
    await Promise.all(others.map(([, vault]) => vault.close()));
  }

  /** Aborted when nobody wants keys any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.closeOthers(new Set());
  }
}
