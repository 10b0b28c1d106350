import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKETS, type ProxyProcess, startProxy } from '../../matrix/proxy.ts';
import type { RunningStore, Store, TlsFiles } from '../../matrix/store.ts';
import { STORES } from '../../matrix/stores/stores.ts';
import { writeCertificates } from '../../matrix/tls-files.ts';
import { outcome } from './checks.ts';
import { type Client, type Send, sender } from './send.ts';

/** A store with buckets, and the proxy in front of it. */
export interface Stand {
  readonly store: Store;
  /** With the credentials of the store, at the store. */
  readonly direct: Send;
  /** As the administrator of the proxy: signed in headers, or as a link. */
  readonly signed: Send;
  readonly link: Send;
  /** The same as any client of the proxy. */
  readonly as: (client: Client, kind: 'headers' | 'link') => Send;
}

type Differences = Parameters<typeof startProxy>[4];

/** Installs and starts one store after the other, each with a proxy in front, and ends them whatever comes. */
export async function atStores(
  ids: string,
  examine: (stand: Stand) => Promise<void>,
  differences?: Differences,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-signed-'));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
  try {
    await mkdir(cache, { recursive: true });
    const tls = await writeCertificates(folder);
    for (const id of ids.split(',')) {
      const store = STORES.find((one) => one.id === id);
      if (!store) throw new Error(`there is no ${id}`);
      await store.install(cache);
      const place = join(folder, id);
      await mkdir(place, { recursive: true });
      const running = await store.start(place, tls, cache);
      console.log(`\n${id} ${running.version}`);
      try {
        await withProxy(join(place, 'proxy'), { store, running, tls, differences }, examine);
      } finally {
        await running.stop();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly store: Store;
  readonly running: RunningStore;
  readonly tls: TlsFiles;
  readonly differences: Differences | undefined;
}

async function withProxy(
  folder: string,
  { store, running, tls, differences }: Setting,
  examine: (stand: Stand) => Promise<void>,
): Promise<void> {
  const { endpoint, caFile, region, credentials } = running;
  const { host } = new URL(endpoint);
  const direct = sender(host, await readFile(caFile, 'utf8'), region, credentials, 'headers');
  for (const bucket of Object.values(BUCKETS)) await create(direct, bucket);
  const proxy: ProxyProcess = await startProxy(folder, store, running, tls, differences);
  try {
    const ca = await readFile(tls.caFile, 'utf8');
    const as: Stand['as'] = (client, kind) => sender(proxy.authorities.https, ca, 'us-east-1', client, kind);
    const [signed, link] = [as(proxy.client, 'headers'), as(proxy.client, 'link')];
    await examine({ store, direct, signed, link, as });
  } finally {
    await proxy.stop();
  }
}

/** A store that calls itself ready may still answer with 503 for a moment. */
async function create(direct: Send, bucket: string): Promise<void> {
  for (let left = 40; ; left -= 1) {
    const answer = await direct({ method: 'PUT', path: `/${bucket}` });
    if (answer.status < 300) return;
    if (answer.status !== 503 || left === 0) throw new Error(`no bucket ${bucket}: ${outcome(answer)}`);
    await sleep(250);
  }
}
