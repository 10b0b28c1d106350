import { type LoadResult, loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { refreshKeys } from '../keys/refresh.ts';
import { KeyStores } from '../keys/stores/key-stores.ts';
import { firstSignal } from '../lifecycle.ts';
import { makeLog } from '../log.ts';
import { startProxy } from '../proxy/serve.ts';
import { unpinnedKeys } from '../snapshot/edited-keys.ts';
import { KEY_REFRESH, type Reloader, reloader } from '../snapshot/reload.ts';

/** `ssec-proxy serve CONFIG`: serves until SIGTERM or SIGINT, then drains. Exit codes: 0, 1 for a config or socket that can't be used, 2 for usage. */
export async function serve(args: readonly string[], { stderr }: Io): Promise<number> {
  const [file, ...rest] = args;
  if (file === undefined || rest.length > 0) {
    stderr.write('usage: ssec-proxy serve CONFIG\n');
    return 2;
  }
  // Before anything is read: a signal that comes while the proxy starts is about a file that may have been read already.
  let hungUp = false;
  let onHangup = (): void => {
    hungUp = true;
  };
  process.on('SIGHUP', () => onHangup());
  const keyStores = new KeyStores();
  const { snapshot, problems, files } = await loadConfig(file, { keyStores });
  const log = makeLog(snapshot?.logLevel ?? 'info');
  for (const problem of problems)
    log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem, file));
  if (!snapshot) {
    log.fatal(`${file} can't be used; mend the errors above and try "ssec-proxy check ${file}"`);
    return 1;
  }
  const stopping = firstSignal();
  const proxy = await startProxy(snapshot, log, { keyStores: keyStores.health }).catch((error: unknown) => {
    log.fatal(
      { cause: error instanceof Error ? error.message : String(error) },
      'a listener can not be opened',
    );
    return undefined;
  });
  if (!proxy) return 1;
  for (const warning of unpinnedKeys(snapshot)) log.warn(warning);
  log.info({ listen: proxy.urls, admin: proxy.adminPort }, 'serving');
  const reloads = followChanges({ file, snapshot, files, proxy, log, keyStores });
  onHangup = () => reloads.request('SIGHUP');
  if (hungUp) onHangup();
  log.info({ signal: await stopping }, 'draining');
  reloads.stop();
  await proxy.stop();
  await keyStores.close();
  log.info('stopped');
  return 0;
}

type Followed = Omit<Parameters<typeof reloader>[0], 'load'> & { readonly keyStores: KeyStores };

/** Reloads when files change, when it is asked to, and when it is time to ask for the keys again. */
function followChanges({ keyStores, ...served }: Followed): Reloader {
  let every = served.snapshot.keyRefresh;
  const refresher = refreshKeys({
    health: keyStores.health,
    request: () => reloads.request(KEY_REFRESH),
    random: Math.random,
  });
  const load = async (file: string): Promise<LoadResult> => {
    try {
      const loaded = await loadConfig(file, { keyStores });
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
