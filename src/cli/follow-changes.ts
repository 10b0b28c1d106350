import { refreshKeys } from '../keys/refresh.ts';
import type { KeyStores } from '../keys/stores/key-stores.ts';
import type { LoadResult } from '../snapshot/load.ts';
import { KEY_REFRESH, type Reloader, reloader } from '../snapshot/reload.ts';

type Followed = Omit<Parameters<typeof reloader>[0], 'load'> & {
  readonly keyStores: KeyStores;
  readonly loadAgain: () => Promise<LoadResult>;
};

/** Reloads when files change, when it is asked to, and when it is time to ask for the keys again. */
export function followChanges({ keyStores, loadAgain, ...served }: Followed): Reloader {
  let every = served.snapshot.keyRefresh;
  const refresher = refreshKeys({
    health: keyStores.health,
    request: () => reloads.request(KEY_REFRESH),
    random: Math.random,
  });
  const load = async (): Promise<LoadResult> => {
    try {
      const loaded = await loadAgain();
      if (loaded.snapshot) every = loaded.snapshot.keyRefresh;
      return loaded;
    } finally {
      refresher.arm(every);
    }
  };
  const reloads = reloader({ ...served, load });
  refresher.arm(every);
  return {
    request: reloads.request,
    stop: () => {
      reloads.stop();
      refresher.stop();
    },
  };
}
