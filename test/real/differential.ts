import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Store, TlsFiles } from '../matrix/store.ts';
import { STORES } from '../matrix/stores/stores.ts';
import { writeCertificates } from '../matrix/tls-files.ts';
import { CASES } from './differential/cases/cases.ts';
import { type Comparison, compare, printed } from './differential/compare.ts';
import type { Outcome } from './differential/outcome.ts';
import { wrongRows } from './differential/rows.ts';
import { openSession } from './differential/session.ts';

/**
 * The same requests to the sandbox, Ceph and MinIO, without the proxy: where does the sandbox answer unlike both, or
 * take what one of them refuses? And are the rows of `s3/providers.ts` true, SeaweedFS' too?
 */
const { values } = parseArgs({
  options: {
    stores: { type: 'string', default: 'sandbox,ceph,minio,seaweedfs,versitygw' },
    only: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
  },
});

process.exit(await main());

/** 0: every difference is known. 1: one is not, or one that is known is none. */
async function main(): Promise<number> {
  const stores = values.stores.split(',').map((id) => {
    const found = STORES.find((store) => store.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  });
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-differential-'));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
  await mkdir(cache, { recursive: true });
  try {
    const tls = await writeCertificates(folder);
    const outcomes = new Map<string, ReadonlyMap<string, Outcome>>();
    for (const store of stores)
      outcomes.set(store.id, await askAll(store, join(folder, store.id), tls, cache));
    const compared = compare(byCase(outcomes));
    // Some cases alone leave most entries without their difference.
    const comparison = values.only === '' ? compared : { ...compared, stale: [] };
    console.log(printed(comparison, values.all));
    return report(
      comparison,
      values.only === ''
        ? wrongRows(
            // A row says what a store does with SSE-C, above all.
            stores.filter(({ encrypts }) => encrypts !== false).map((store) => asked(store, outcomes)),
          )
        : [],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function byCase(
  outcomes: ReadonlyMap<string, ReadonlyMap<string, Outcome>>,
): ReadonlyMap<string, ReadonlyMap<string, Outcome>> {
  const cases = new Map<string, Map<string, Outcome>>();
  for (const [id, answers] of outcomes)
    for (const [name, outcome] of answers) cases.set(name, (cases.get(name) ?? new Map()).set(id, outcome));
  return cases;
}

function asked(
  { id, provider }: Store,
  outcomes: ReadonlyMap<string, ReadonlyMap<string, Outcome>>,
): Parameters<typeof wrongRows>[0][number] {
  return {
    id,
    provider,
    asked: (name) => {
      const outcome = outcomes.get(id)?.get(name);
      if (!outcome) throw new Error(`there is no case ${name}`);
      return outcome;
    },
  };
}

function report({ differences, stale }: Comparison, wrong: readonly string[]): number {
  for (const line of wrong) console.log(`\nWRONG ROW ${line}`);
  const unknown = differences.filter(({ known }) => known === undefined);
  const known = differences.length - unknown.length;
  console.log(
    `\n${differences.length} differences, ${known} of them known; ${stale.length} entries are stale`,
  );
  return unknown.length + stale.length + wrong.length > 0 ? 1 : 0;
}

async function askAll(
  store: Store,
  folder: string,
  tls: TlsFiles,
  cache: string,
): Promise<ReadonlyMap<string, Outcome>> {
  await store.install(cache);
  await mkdir(folder, { recursive: true });
  const running = await store.start(folder, tls, cache, true);
  console.log(`${store.id}: ${running.version}`);
  const session = await openSession(running);
  const outcomes = new Map<string, Outcome>();
  try {
    await session.prepare();
    for (const one of CASES.filter(({ name }) => name.includes(values.only))) {
      try {
        outcomes.set(one.name, await session.run(one));
      } catch (error) {
        throw new Error(`${store.id}, ${one.name}: ${(error as Error).message}`, { cause: error });
      }
    }
  } finally {
    session.close();
    await running.stop();
  }
  return outcomes;
}
