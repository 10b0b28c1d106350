import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { bodyOf, type Markers } from '../../matrix/bodies.ts';
import { openDirect } from '../../matrix/direct.ts';
import { BUCKETS, type EtagSetting, type ProxyProcess, startProxy } from '../../matrix/proxy.ts';
import { openSeeder } from '../../matrix/seeds.ts';
import type { RunningStore, Store, TlsFiles } from '../../matrix/store.ts';

/** A store behind a proxy, and what clients asked of it. */
export interface SyncStand {
  readonly proxy: ProxyProcess;
  readonly caFile: string;
  /** For the client's own files. */
  readonly folder: string;
  /** How often each operation on objects came while this ran, and was answered with success. */
  opsOf(action: () => Promise<unknown>): Promise<Ops>;
  stop(): Promise<void>;
}

export type Ops = Readonly<Record<string, number>>;

export const BUCKET = BUCKETS.sealed;

export async function openSyncStand(
  folder: string,
  { store, running, tls, etag }: { store: Store; running: RunningStore; tls: TlsFiles; etag: EtagSetting },
): Promise<SyncStand> {
  await mkdir(folder, { recursive: true });
  const proxy = await startProxy(join(folder, 'proxy'), store, running, tls, { etag });
  return {
    proxy,
    caFile: tls.caFile,
    folder,
    opsOf: async (action) => {
      const from = proxy.log.length;
      await action();
      const ops: Record<string, number> = {};
      for (const { op, status = 0 } of proxy.log.slice(from))
        if (op !== undefined && status < 400) ops[op] = (ops[op] ?? 0) + 1;
      return ops;
    },
    stop: () => proxy.stop(),
  };
}

/** Makes the buckets, and a plain object: a search that did not find that would find nothing at all. */
export async function prepare(stand: SyncStand, running: RunningStore, { open }: Markers): Promise<void> {
  const direct = openDirect(running, await readFile(running.caFile, 'utf8'), stand.proxy.ssecKey);
  for (const bucket of Object.values(BUCKETS)) await direct.createBucket(bucket);
  direct.close();
  const seeder = openSeeder(stand.proxy, await readFile(stand.caFile, 'utf8'));
  await seeder.send(new PutObjectCommand({ Bucket: BUCKETS.open, Key: 'plain', Body: bodyOf(20_000, open) }));
  seeder.destroy();
}
