import type { SseKey } from '../key.ts';
import { StoreHealth } from './health.ts';

/** What outlives a reload: the stores are asked again, and where one can't be reached, what it gave before stays. */
export interface KeyStores {
  /** By where a key comes from and what the config demands of it. */
  readonly held: Map<string, SseKey>;
  readonly health: StoreHealth;
}

export function makeKeyStores(): KeyStores {
  return { held: new Map(), health: new StoreHealth() };
}
