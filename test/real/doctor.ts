import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checked } from '../../src/doctor/finding.ts';
import { SEQUENCES } from '../../src/doctor/sequences/sequences.ts';
import { bodyOf, type Markers } from '../matrix/bodies.ts';
import type { RunningStore, Store, TlsFiles } from '../matrix/store.ts';
import { STORES } from '../matrix/stores/stores.ts';
import { writeCertificates } from '../matrix/tls-files.ts';
import { EXPECTED } from './doctor/expected.ts';
import { startKeepingFront } from './doctor/keeping-front.ts';
import { type DoctorStand, openStand, type Said } from './doctor/stand.ts';

/**
 * `doctor` at real stores: with the right provider, with wrong ones, and as every client that it knows. Nothing may be
 * left in the bucket, and no byte of a probe may lie on a disk unencrypted.
 */
const { values } = parseArgs({
  options: { stores: { type: 'string', default: 'sandbox,ceph,minio,seaweedfs' } },
});

let passed = 0;
const failures: string[] = [];

const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-doctor-'));
const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
try {
  await mkdir(cache, { recursive: true });
  const tls = await writeCertificates(folder);
  for (const id of values.stores.split(',')) {
    const store = STORES.find((one) => one.id === id);
    if (!store) throw new Error(`there is no ${id}`);
    await lookAt(store, tls);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(`\nFAILED ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);

async function lookAt(store: Store, tls: TlsFiles): Promise<void> {
  await store.install(cache);
  await mkdir(join(folder, store.id), { recursive: true });
  const running = await store.start(join(folder, store.id), tls, cache);
  console.log(`\n${store.id} ${running.version}`);
  const markers: Markers = { sealed: new Set(), open: new Set() };
  const sealed = (size: number): Buffer => bodyOf(size, markers.sealed);
  const stand = await openStand(join(folder, store.id, 'stand'), running, sealed);
  try {
    await ownRow(store, stand);
    await wrongRows(store, stand);
    for (const client of Object.keys(SEQUENCES)) await rehearsed(store, stand, client);
    check(`${store.id}: nothing is left in the bucket`, await stand.left(), []);
    await keepAndSearch(store, stand, running, tls, markers);
  } finally {
    stand.close();
    await running.stop();
  }
}

async function ownRow(store: Store, stand: DoctorStand): Promise<void> {
  const said = await stand.doctor(await stand.config(store.provider));
  const about = `${store.id}, provider ${store.provider}`;
  check(`${about}: exit code`, said.code, 0);
  check(
    `${about}: the provider fits`,
    rowsOf(said)[0]?.found,
    `${store.provider} is the provider that fits best`,
  );
  const odd = said.findings.filter(
    ({ grade, found }) => grade !== 'fine' && !/expires in \d+ days/.test(found),
  );
  const expected = EXPECTED[store.id]?.notes ?? [];
  const unknown = odd.filter(
    (one) => !expected.some(([name, found]) => name === one.check && found.test(one.found)),
  );
  const missing = expected.filter(
    ([name, found]) => !odd.some((one) => name === one.check && found.test(one.found)),
  );
  check(`${about}: no finding but those that are known`, unknown.map(lineOf), []);
  check(`${about}: all those that are known`, missing.map(String), []);
}

async function wrongRows(store: Store, stand: DoctorStand): Promise<void> {
  for (const { row, code, found } of EXPECTED[store.id]?.wrongRows ?? []) {
    const said = await stand.doctor(await stand.config(row));
    const [first, ...differences] = rowsOf(said);
    const about = `${store.id}, provider ${row}`;
    check(`${about}: exit code`, said.code, code);
    check(`${about}: what fixes it`, first?.fix, `upstream.provider: ${store.provider}`);
    check(
      `${about}: ${found.source}`,
      differences.some((one) => found.test(one.found)),
      true,
    );
  }
}

async function rehearsed(store: Store, stand: DoctorStand, client: string): Promise<void> {
  const said = await stand.doctor(await stand.config(store.provider), '--as', client);
  const about = `${store.id} --as ${client}`;
  check(`${about}: exit code`, said.code, 0);
  const of = said.findings.filter((one) => one.check === SEQUENCES[client]?.client);
  const wanted = [/got the right responses/, /^[1-9]\d* writes were checked .* returned none of the objects/];
  check(
    `${about}: ${wanted.join(' ')}`,
    wanted.every((text, index) => text.test(of[index]?.found ?? '')),
    true,
  );
}

/** Once more at a store that keeps all that it ever got, and then its disks, with a plain object beside. */
async function keepAndSearch(
  store: Store,
  stand: DoctorStand,
  running: RunningStore,
  tls: TlsFiles,
  markers: Markers,
): Promise<void> {
  const front = await startKeepingFront(running, tls);
  try {
    const config = await stand.config(store.provider, front);
    for (const client of ['restic', 'velero', 'cnpg']) await stand.doctor(config, '--as', client);
  } finally {
    await front.stop();
  }
  const kept = (await stand.left()).length;
  check(`${store.id}: probes are there to be looked for`, kept > 20, true);
  await stand.putPlain(bodyOf(20_000, markers.open));
  const found = await running.markers();
  const leaked = [...markers.sealed].filter((marker) => found.has(marker));
  const missed = [...markers.open].filter((marker) => !found.has(marker));
  check(`${store.id}: of ${markers.sealed.size} bodies none is on the disks in plain`, leaked, []);
  check(`${store.id}: and what is in plain is found there`, missed, []);
}

function rowsOf({ findings }: Said): readonly Checked[] {
  return findings.filter((one) => one.check === 'provider');
}

function lineOf({ grade, check: name, found }: Checked): string {
  return `${grade} ${name}: ${found}`;
}

function check(what: string, is: unknown, wanted: unknown): void {
  if (JSON.stringify(is) === JSON.stringify(wanted)) {
    passed += 1;
    console.log(`  ok: ${what}`);
  } else failures.push(`${what}: ${JSON.stringify(is)?.slice(0, 1500)} instead of ${JSON.stringify(wanted)}`);
}
