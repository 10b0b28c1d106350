import { type ReadFile, readFromDisk } from '../../files.ts';
import type { SseKey } from '../key.ts';
import { StoreHealth } from './health.ts';
import type { VaultSettings, VaultStore } from './vault.ts';

/** What outlives a reload: keys that were read, how the stores do, and the vaults that the proxy is logged in to. */
export class KeyStores {
  /** By where a key comes from and what the config demands of it: it stays when its store can't be reached. */
  readonly held = new Map<string, SseKey>();
  readonly health = new StoreHealth();
  readonly #readFile: ReadFile;
  readonly #vaults = new Map<string, VaultStore>();

  constructor(readFile: ReadFile = readFromDisk) {
    this.#readFile = readFile;
  }

  /** The vault of these settings; it is opened once. */
  async vault(identity: string, settings: VaultSettings): Promise<VaultStore> {
    const { openVault } = await import('./vault.ts');
    const opened = this.#vaults.get(identity) ?? openVault(settings, this.#readFile);
    this.#vaults.set(identity, opened);
    return opened;
  }

  /** Logs out of every vault but these. */
  async closeOthers(identities: ReadonlySet<string>): Promise<void> {
    const others = [...this.#vaults].filter(([identity]) => !identities.has(identity));
    for (const [identity] of others) this.#vaults.delete(identity);
    await Promise.all(others.map(([, vault]) => vault.close()));
  }

  async close(): Promise<void> {
    await this.closeOthers(new Set());
  }
}
