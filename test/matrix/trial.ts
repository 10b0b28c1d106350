import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bodies } from './bench.ts';
import { makeBench } from './bench.ts';
import { type Markers, newMarker, writeBody, writeTree } from './bodies.ts';
import { type Cell, SCHEMES, type Scheme } from './cell.ts';
import type { Client } from './client.ts';
import { openDirect } from './direct.ts';
import type { Installed, Package } from './install.ts';
import { BUCKETS, type ProxyProcess, startProxy } from './proxy.ts';
import { openSeeder, plantSeeds, seed } from './seeds.ts';
import { runSeries, seriesFolder } from './series.ts';
import type { Store, TlsFiles } from './store.ts';

/** A store with every client: what was seen. Plain data, to be kept. */
export interface Trial {
  readonly store: string;
  readonly title: string;
  readonly version: string;
  readonly clients: readonly Tried[];
  readonly cells: readonly Cell[];
  readonly markers: {
    readonly sealed: number;
    readonly open: number;
    /** Of encrypted bodies, and yet found on the store's disks. */
    readonly leaked: readonly string[];
    /** Of plain bodies, and yet not found: then the search was blind. */
    readonly missed: readonly string[];
  };
}

interface Tried {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly from: Package['kind'];
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export type Ready = Client & { readonly installed: Installed; readonly needed: readonly string[] };

interface Setting {
  readonly store: Store;
  readonly clients: readonly Ready[];
  readonly folder: string;
  readonly tls: TlsFiles;
  readonly cache: string;
  readonly jobs: number;
  /** Rejects when all is to end. */
  readonly interrupted: Promise<never>;
}

/** Starts the store and a proxy before it, lets every client do all that it can, and reads the store's disks. */
export async function tryStore(setting: Setting): Promise<Trial> {
  const { store, folder, tls, cache } = setting;
  const encrypts = store.encrypts !== false;
  const running = await store.start(folder, tls, cache);
  let proxy: ProxyProcess | undefined;
  try {
    proxy = await startProxy(join(folder, 'proxy'), store, running, tls);
    const direct = openDirect(running, await readFile(running.caFile, 'utf8'), proxy.ssecKey, encrypts);
    for (const bucket of Object.values(BUCKETS)) await direct.createBucket(bucket);
    const markers: Markers = { sealed: new Set(), open: new Set() };
    const ca = await readFile(tls.caFile, 'utf8');
    const seeder = openSeeder(proxy, ca);
    const bodies = await writeBodies(join(folder, 'bodies'), markers);
    const seeds = await plantSeeds(seeder, bodies, markers);
    const turns = inTurns(setting, proxy, async (client, target) => {
      const bench = await makeBench({
        name: `${client.id}-${target.scheme}`,
        folder: target.folder,
        bodies,
        seeds,
        direct,
        ca,
        dialect: store.dialect ?? 's3',
        log: proxy?.log ?? [],
        newMarker: () => newMarker(markers.sealed),
        seed: (to, file) => seed(seeder, to, file),
      });
      return await runSeries(client, target, bench, store.id);
    });
    const cells = await Promise.race([turns, setting.interrupted]);
    direct.close();
    seeder.destroy();
    await proxy.stop();
    const found = await running.markers();
    return {
      store: store.id,
      title: store.title,
      version: running.version,
      clients: setting.clients.map(tried),
      cells,
      markers: compare(encrypts ? markers : { ...markers, sealed: new Set() }, found),
    };
  } finally {
    await proxy?.stop();
    await running.stop();
  }
}

function tried({ id, title, from, installed }: Ready): Tried {
  const date = new Date().toISOString().slice(0, 10);
  return { id, title, version: installed.version, from: from.kind, date };
}

type Turn = (client: Ready, target: Parameters<Client['deeds']>[0]) => Promise<readonly Cell[]>;

/** `jobs` clients at once, each over one scheme. Their cells in the order of the clients. */
async function inTurns(setting: Setting, proxy: ProxyProcess, turn: Turn): Promise<readonly Cell[]> {
  const waiting = setting.clients.flatMap((client) =>
    (client.schemes ?? SCHEMES).map((scheme) => ({ client, scheme })),
  );
  const results: (readonly Cell[])[] = [];
  const queue = waiting.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { client, scheme }] of queue) {
      const begin = Date.now();
      const cells = await turn(client, targetOf(client, scheme, setting, proxy));
      const failed = cells.filter(({ verdict }) => verdict.kind === 'failed').length;
      const seconds = ((Date.now() - begin) / 1000).toFixed(1);
      console.log(`  ${client.id} over ${scheme}: ${failed} failed, ${seconds} s`);
      results[index] = cells;
    }
  };
  await Promise.all(Array.from({ length: setting.jobs }, worker));
  return results.flat();
}

function targetOf(
  client: Ready,
  scheme: Scheme,
  { folder, tls }: Setting,
  proxy: ProxyProcess,
): Parameters<Turn>[1] {
  const authority = proxy.authorities[scheme];
  return {
    scheme,
    authority,
    endpoint: `${scheme}://${authority}`,
    caFile: tls.caFile,
    ...proxy.client,
    region: 'us-east-1',
    folder: seriesFolder(folder, client.id, scheme),
    program: client.installed.program,
    needed: client.needed,
  };
}

async function writeBodies(folder: string, { sealed }: Markers): Promise<Bodies> {
  const bodies = { small: join(folder, 'small'), large: join(folder, 'large'), tree: join(folder, 'tree') };
  await writeBody(bodies.small, 20_000, sealed);
  await writeBody(bodies.large, 20 << 20, sealed);
  await writeTree(bodies.tree, sealed);
  return bodies;
}

function compare({ sealed, open }: Markers, found: ReadonlySet<string>): Trial['markers'] {
  return {
    sealed: sealed.size,
    open: open.size,
    leaked: [...sealed].filter((marker) => found.has(marker)),
    missed: [...open].filter((marker) => !found.has(marker)),
  };
}
