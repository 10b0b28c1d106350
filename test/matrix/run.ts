import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documentOf } from './document.ts';
import { install } from './install.ts';
import { judge } from './known.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { keepTrial, readTrials } from './record.ts';
import { STORES } from './stores/stores.ts';
import { lineOf, tableOf } from './table.ts';
import { writeCertificates } from './tls-files.ts';
import { type Ready, type Trial, tryStore } from './trial.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/compatibility.md');

/** Ceph's daemons have sessions of their own and do not hear of a Ctrl-C. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});
interrupted.catch(() => undefined);

// Clients may still be at work when it was interrupted.
process.exit(await main(process.argv.slice(2)));

/** 0: every cell is as it has to be. 1: one is not. 2: usage. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args, process.env);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  await mkdir(options.cache, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-matrix-'));
  try {
    const { clients, missing } = await installClients(options);
    const outcome = await tryStores(options, clients, folder);
    outcome.missing.unshift(...missing);
    if (options.write) await writeDocument(options.cache);
    return report(outcome, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function installClients({ clients, cache }: Options): Promise<{ clients: Ready[]; missing: string[] }> {
  const ready: Ready[] = [];
  const missing: string[] = [];
  for (const client of clients) {
    try {
      const installed = await install(client.from, cache);
      const needed: string[] = [];
      for (const one of client.needs ?? []) needed.push((await install(one, cache)).program);
      console.log(`${client.id}: ${installed.version}`);
      ready.push({ ...client, installed, needed });
    } catch (error) {
      missing.push(`${client.id}: ${lastLine(error)}`);
    }
  }
  return { clients: ready, missing };
}

async function writeDocument(cache: string): Promise<void> {
  await mkdir(dirname(DOCUMENT), { recursive: true });
  const stores = STORES.map(({ id }) => id);
  await writeFile(DOCUMENT, documentOf(await readTrials(stores, cache)));
}

interface Outcome {
  readonly trials: Trial[];
  /** What could not be installed. */
  readonly missing: string[];
  /** Stores that could not be tried, though they are there. */
  readonly broken: string[];
}

async function tryStores(
  { stores, cache, jobs }: Options,
  clients: readonly Ready[],
  folder: string,
): Promise<Outcome> {
  const tls = await writeCertificates(folder);
  const outcome: Outcome = { trials: [], missing: [], broken: [] };
  for (const store of stores) {
    try {
      await store.install(cache);
    } catch (error) {
      outcome.missing.push(`${store.id}: ${lastLine(error)}`);
      continue;
    }
    console.log(`\n${store.title}`);
    const setting = { store, clients, folder: join(folder, store.id), tls, cache, jobs, interrupted };
    try {
      const trial = await tryStore(setting);
      outcome.trials.push(trial);
      await keepTrial(trial, cache);
    } catch (error) {
      outcome.broken.push(`${store.id}: ${lastLine(error)}`);
    }
  }
  return outcome;
}

function lastLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').at(-1) ?? '';
}

function report({ trials, missing, broken }: Outcome, { whole }: Options): number {
  for (const trial of trials) console.log(`\n${tableOf(trial)}`);
  const cells = trials.flatMap((trial) => trial.cells);
  const { unexpected, healed } = judge(cells);
  const blind = trials.filter(({ markers }) => markers.leaked.length + markers.missed.length > 0);
  print('could not be installed', missing);
  print('could not be tried', broken);
  print('failed', unexpected.map(lineOf));
  print('is in the list of what fails, and does not fail', healed.map(lineOf));
  print(
    'its disks do not hold what they should',
    blind.map(({ store }) => store),
  );
  const ok = cells.filter(({ verdict }) => verdict.kind === 'ok').length;
  const failed = cells.filter(({ verdict }) => verdict.kind === 'failed').length;
  console.log(`\n${ok} cells are green, ${failed} are not, of which ${failed - unexpected.length} are known`);
  const lacking = whole ? missing.length : 0;
  return unexpected.length + healed.length + blind.length + broken.length + lacking > 0 || ok === 0 ? 1 : 0;
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
