import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Served } from '../load/served.ts';
import type { SmallClient } from '../load/small-client.ts';
import { beginUpload, type Upload } from '../load/uploads.ts';
import { startWorkload } from '../load/workload.ts';
import { BUCKET, keyOf, type Stand, startStand, writeConfig } from './rotation-stand.ts';

/**
 * Keys turn over while eight clients read and write without pause and multipart uploads are under way: two processes
 * behind one address, reloaded one after the other, first the one and then the other in front. No request may fail,
 * everything must be readable, and each object lies under the key that wrote at its time: the store is asked.
 */
const USAGE =
  'node test/real/rotation.ts [--gap 3] [--ceph] [--no-uploads]\n' +
  '  --gap         seconds between the reloads of the two processes\n' +
  '  --ceph        against a real Ceph RGW instead of the sandbox (root and apt-get)\n' +
  '  --no-uploads  leaves the multipart uploads out\n';

const CLIENTS = 8;
const UPLOADS = 4;

/** When writing went from one key to the next: all that ended before was under the one, all that began after is under the other. */
interface Turn {
  readonly from: string;
  readonly to: string;
  readonly begun: number;
  readonly ended: number;
}

const { values } = parseArgs({
  options: {
    gap: { type: 'string', default: '3' },
    ceph: { type: 'boolean', default: false },
    'no-uploads': { type: 'boolean', default: false },
  },
});
const GAP = Number(values.gap) * 1000;
if (!(GAP > 0)) throw new TypeError(USAGE);

async function main(): Promise<number> {
  const stand = await startStand({ ceph: values.ceph, ids: ['k1', 'k2', 'k3'] });
  const failures: string[] = [];
  try {
    await rotate(stand, { order: [0, 1], from: 'k1', to: 'k2', older: [] }, failures);
    await rotate(stand, { order: [1, 0], from: 'k2', to: 'k3', older: ['k1'] }, failures);
    for (const process of stand.processes) failures.push(...faultsOf(process));
  } finally {
    await stand.close();
  }
  for (const failure of failures.slice(0, 20)) process.stderr.write(`FAILED: ${failure.slice(0, 600)}\n`);
  process.stdout.write(`${failures.length} failures\n`);
  return failures.length > 0 ? 1 : 0;
}

interface Rotation {
  /** Which process is reloaded first. */
  readonly order: readonly number[];
  readonly from: string;
  readonly to: string;
  /** Keys that only read, before and after. */
  readonly older: readonly string[];
}

/** One rotation under load. What is wrong goes to `failures`. */
async function rotate(stand: Stand, { order, from, to, older }: Rotation, failures: string[]): Promise<void> {
  const name = `${from}-${to}`;
  const clients = Array.from({ length: CLIENTS }, stand.client);
  const uploader = stand.client();
  const settled = startWorkload(clients, BUCKET, `${name}/before`);
  await pause(GAP / 2);
  await settled.stop();

  const workload = startWorkload(clients, BUCKET, `${name}/during`);
  const uploads = new Uploads(uploader, failures);
  const early = await uploads.begin(`${name}/upload-before`);
  // First every process learns to read with the new key, and only then the first one writes with it.
  await reloadAll(stand, order, [from, to, ...older]);
  await uploads.proceed(early);
  const begun = Date.now();
  const late: Upload[] = [];
  await reloadAll(stand, order, [to, from, ...older], async () => {
    await uploads.proceed(early);
    late.push(...(await uploads.begin(`${name}/upload-between`)));
  });
  const turn: Turn = { from, to, begun, ended: Date.now() };
  await uploads.finish([...early, ...late]);
  await pause(GAP);
  await workload.stop();

  const under: Record<string, number> = {};
  for (const each of [settled, workload]) {
    await each.readAll();
    failures.push(...each.failures);
    for (const [path, written] of each.written) {
      const ids = keysAt(turn, written);
      under[ids.join(' or ')] = (under[ids.join(' or ')] ?? 0) + 1;
      await checkKey(stand, path, ids, failures);
    }
  }
  if (!under[from] || !under[to]) failures.push(`nothing shows the turn: ${JSON.stringify(under)}`);
  for (const { path } of early) await checkKey(stand, path, [from], failures);
  for (const { path } of late) await checkKey(stand, path, [from, to], failures);
  process.stdout.write(
    `${from} → ${to}, process ${order.join(' before ')}, ${GAP / 1000} s apart: ` +
      `${settled.requests() + workload.requests()} requests, ${early.length + late.length} uploads across it, ` +
      `objects under ${JSON.stringify(under)}, ${failures.length} failures\n`,
  );
  for (const client of [...clients, uploader]) client.close();
}

/** Under which keys an object may lie that was written then. */
function keysAt(
  { from, to, begun, ended }: Turn,
  written: { begun: number; ended: number },
): readonly string[] {
  if (written.ended < begun) return [from];
  return written.begun > ended ? [to] : [from, to];
}

/** Asks the store itself: without a key it must refuse, and one of these keys must open. */
async function checkKey(
  { direct }: Stand,
  path: string,
  ids: readonly string[],
  failures: string[],
): Promise<void> {
  if ((await direct.send('HEAD', path)).status === 200) failures.push(`${path}: readable without a key`);
  for (const id of ids) {
    const { base64, md5 } = keyOf(id);
    const trio = { algorithm: 'AES256', key: base64, 'key-md5': md5 };
    const headers = Object.fromEntries(
      Object.entries(trio).map(([field, value]) => [`x-amz-server-side-encryption-customer-${field}`, value]),
    );
    if ((await direct.send('HEAD', path, '', headers)).status === 200) return;
  }
  failures.push(`${path}: not under ${ids.join(' or ')}`);
}

/** Reloads one process, waits, and reloads the other; `between` happens while they disagree. */
async function reloadAll(
  { folder, store, processes }: Stand,
  order: readonly number[],
  ring: readonly string[],
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const [turn, index] of order.entries()) {
    if (turn > 0) {
      await pause(GAP / 2);
      await between();
      await pause(GAP / 2);
    }
    await writeConfig(join(folder, `p${index}`), store, ring);
    const outcome = await processes[index]?.reload();
    if (outcome !== 'taken') throw new Error(`process ${index} did not take ${ring.join(', ')}`);
  }
}

/** Several uploads at once. Without `--no-uploads`, that is. */
class Uploads {
  readonly #client: SmallClient;
  readonly #failures: string[];

  constructor(client: SmallClient, failures: string[]) {
    this.#client = client;
    this.#failures = failures;
  }

  /** Begins some and sends the first part of each. */
  async begin(name: string): Promise<readonly Upload[]> {
    if (values['no-uploads']) return [];
    const paths = Array.from({ length: UPLOADS }, (_, index) => `/${BUCKET}/${name}/${index}`);
    const begun = await Promise.all(
      paths.map((path) => this.#watched(() => beginUpload(this.#client, path))),
    );
    const uploads = begun.filter((upload) => upload !== undefined);
    await this.proceed(uploads);
    return uploads;
  }

  async proceed(uploads: readonly Upload[]): Promise<void> {
    await Promise.all(uploads.map((upload) => this.#watched(() => upload.next())));
  }

  async finish(uploads: readonly Upload[]): Promise<void> {
    await Promise.all(uploads.map((upload) => this.#watched(() => upload.finish())));
  }

  async #watched<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.#failures.push(String(error));
      return undefined;
    }
  }
}

/** Refused requests and everything that a process had to complain of. */
function faultsOf({ lines }: Served): readonly string[] {
  return lines
    .filter(({ status, stderr, level }) => status !== undefined || stderr !== undefined || Number(level) > 40)
    .map((line) => JSON.stringify(line));
}

process.exitCode = await main();
