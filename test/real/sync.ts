import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { type Markers, newMarker } from '../matrix/bodies.ts';
import { ProgramFailure } from '../matrix/program.ts';
import type { RunningStore, Store, TlsFiles } from '../matrix/store.ts';
import { STORES } from '../matrix/stores/stores.ts';
import { writeCertificates } from '../matrix/tls-files.ts';
import { BUCKET, type Ops, openSyncStand, prepare, type SyncStand } from './sync/stand.ts';
import { openRclone, openRestic, openS3cmd } from './sync/tools.ts';
import { contentsOf, writeFiles } from './sync/tree.ts';

/**
 * A thousand files by the clients that compare ETags with MD5s, at stores whose ETags are none: synchronised, compared,
 * synchronised again with nothing to do, moved, brought back. Nothing of it may lie on the store's disks as it was sent;
 * and with ETags as the store gives them the same clients must fail, or all of this shows nothing.
 */
const { values } = parseArgs({
  options: { stores: { type: 'string', default: 'sandbox' }, files: { type: 'string', default: '1000' } },
});
const FILES = Number(values.files);

let passed = 0;
const failures: string[] = [];

const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-sync-'));
const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
try {
  await mkdir(cache, { recursive: true });
  const tls = await writeCertificates(folder);
  for (const id of values.stores.split(',')) {
    const store = STORES.find((one) => one.id === id);
    if (!store) throw new Error(`there is no ${id}`);
    await synchronise(store, tls);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(`\nFAILED ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);

async function synchronise(store: Store, tls: TlsFiles): Promise<void> {
  await store.install(cache);
  const place = join(folder, store.id);
  await mkdir(place, { recursive: true });
  const running = await store.start(place, tls, cache);
  console.log(`\n${store.id} ${running.version}`);
  const markers: Markers = { sealed: new Set(), open: new Set() };
  const files = join(place, 'files');
  await writeFiles(files, FILES, markers.sealed);
  const setting = { store, running, tls };
  try {
    const stand = await openSyncStand(join(place, 'marked'), { ...setting, etag: 'auto' });
    try {
      await prepare(stand, running, markers);
      await byRclone(stand, files);
      await byS3cmd(stand, files);
      await byRestic(stand, files, markers);
    } finally {
      await stand.stop();
    }
    if (PROVIDERS[store.provider].etag === 'opaque') await withoutMarks(place, setting, markers);
    await search(running, markers);
  } finally {
    await running.stop();
  }
}

async function byRclone(stand: SyncStand, files: string): Promise<void> {
  const rclone = await openRclone(stand);
  const [there, moved] = [`r:${BUCKET}/rclone`, `r:${BUCKET}/moved`];
  await check('rclone sync', async () => {
    const ops = await stand.opsOf(() => rclone('sync', files, there));
    equal([ops['PutObject'], ops['CompleteMultipartUpload']], [FILES - 3, 3], 'writes');
  });
  await check('rclone check', () => rclone('check', files, there));
  await check('rclone check --download', () => rclone('check', '--download', files, there));
  await check('rclone sync has nothing to do', async () => {
    nothingWritten(await stand.opsOf(() => rclone('sync', files, there)));
  });
  await check('rclone move, by the store', async () => {
    const ops = await stand.opsOf(() => rclone('move', there, moved));
    equal(
      [ops['CopyObject'], ops['GetObject'], ops['PutObject']],
      [FILES, undefined, undefined],
      'operations',
    );
    equal(await rclone('lsf', '-R', '--files-only', there), [], 'what is left there');
    await rclone('check', '--download', files, moved);
  });
  await check('rclone sync has nothing to do where it was moved', async () => {
    nothingWritten(await stand.opsOf(() => rclone('sync', files, moved)));
  });
}

async function byS3cmd(stand: SyncStand, files: string): Promise<void> {
  const s3cmd = await openS3cmd(stand);
  const there = `s3://${BUCKET}/s3cmd/`;
  const back = join(stand.folder, 's3cmd-back');
  await mkdir(back);
  await check('s3cmd sync', async () => {
    const ops = await stand.opsOf(() => s3cmd('sync', `${files}/`, there));
    equal([ops['PutObject'], ops['CompleteMultipartUpload']], [FILES - 3, 3], 'writes');
  });
  await check('s3cmd sync has nothing to do', async () => {
    nothingWritten(await stand.opsOf(() => s3cmd('sync', `${files}/`, there)));
  });
  await check('s3cmd sync brings all of it back', async () => {
    await s3cmd('sync', there, `${back}/`);
    equal(await contentsOf(back), await contentsOf(files), 'files');
  });
  await check('s3cmd sync has nothing to bring back', async () => {
    const ops = await stand.opsOf(() => s3cmd('sync', there, `${back}/`));
    equal(ops['GetObject'], undefined, 'reads');
  });
}

async function byRestic(stand: SyncStand, files: string, { sealed }: Markers): Promise<void> {
  const restic = await openRestic(stand, files);
  const restored = join(stand.folder, 'restored');
  const another = join(stand.folder, 'another-password');
  await writeFile(another, 'another-test-password\n');
  await check('restic init, with a marker in a key file, which is plain JSON', async () => {
    await restic('init');
    await restic('key', 'add', '--host', newMarker(sealed), '--new-password-file', another);
  });
  await check('restic backup', () => restic('backup', '.'));
  await check('restic check --read-data', () => restic('check', '--read-data'));
  await check('restic restore', async () => {
    await restic('restore', 'latest', '--target', restored);
    equal(await contentsOf(restored), await contentsOf(files), 'files');
  });
}

/** With the ETags of the store, which clients take for MD5s. */
async function withoutMarks(
  place: string,
  setting: { store: Store; running: RunningStore; tls: TlsFiles },
  { sealed }: Markers,
): Promise<void> {
  const stand = await openSyncStand(join(place, 'unmarked'), { ...setting, etag: 'passthrough' });
  const few = join(place, 'few');
  await writeFiles(few, 12, sealed);
  try {
    const rclone = await openRclone(stand);
    const s3cmd = await openS3cmd(stand);
    await check('without marks rclone takes what it stored for corrupt', () =>
      fails(rclone('sync', few, `r:${BUCKET}/unmarked-rclone`), /corrupted on transfer/),
    );
    await check('without marks s3cmd takes what it stored for corrupt', () =>
      fails(s3cmd('sync', `${few}/`, `s3://${BUCKET}/unmarked-s3cmd/`), /MD5 Sums don't match/i),
    );
  } finally {
    await stand.stop();
  }
}

async function search(running: RunningStore, { sealed, open }: Markers): Promise<void> {
  await check(
    `of ${sealed.size} bodies none is on the disks in plain, and what is in plain is found`,
    async () => {
      const found = await running.markers();
      equal([...sealed].filter((marker) => found.has(marker)).length, 0, 'bodies in plain');
      equal([...open].filter((marker) => found.has(marker)).length, open.size, 'plain bodies');
    },
  );
}

function nothingWritten(ops: Ops): void {
  const writes = Object.keys(ops).filter((op) => !/^(?:Head|Get|List)/.test(op));
  if (writes.length > 0) throw new Error(`it did ${JSON.stringify(ops)}`);
}

async function fails(doing: Promise<unknown>, wanted: RegExp): Promise<void> {
  const said = await doing.then(
    () => undefined,
    (error: unknown) => (error instanceof ProgramFailure ? error.output : String(error)),
  );
  if (said === undefined) throw new Error('it succeeded');
  if (!wanted.test(said)) throw new Error(`it failed otherwise: ${said.slice(0, 400)}`);
}

function equal(is: unknown, wanted: unknown, what: string): void {
  const [said, meant] = [JSON.stringify(is) ?? 'none', JSON.stringify(wanted) ?? 'none'];
  if (said !== meant) throw new Error(`${what}: ${said.slice(0, 600)} instead of ${meant.slice(0, 600)}`);
}

async function check(what: string, holds: () => Promise<unknown>): Promise<void> {
  const begin = Date.now();
  try {
    await holds();
    passed += 1;
    console.log(`  ok: ${what} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(`${what}: ${String(error).slice(0, 1500)}`);
  }
}
