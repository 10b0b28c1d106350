import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SmallClient } from '../load/small-client.ts';
import { beginUpload, type Upload } from '../load/uploads.ts';
import { startWorkload } from '../load/workload.ts';
import { checkKey, faultsOf, keysAt, verified } from './rotation-checks.ts';
import { BUCKET, type Stand, startStand } from './rotation-stand.ts';
import { type Rotation, WAYS } from './rotation-ways.ts';

/**
 * Rotates keys while eight clients read and write without pause and multipart uploads are under way: two processes
 * behind one address, reloaded one after the other, first the one and then the other in front. No request may fail,
 * everything must be readable, and each object lies under the key that wrote at its time: the store is asked.
 */
const USAGE =
  'node test/real/rotation.ts [--gap 3] [--ceph]\n' +
  '  --gap   seconds between the reloads of the two processes\n' +
  '  --ceph  against a real Ceph RGW instead of the sandbox (root and apt-get)\n';

const CLIENTS = 8;
const UPLOADS = 4;

/** Each way in both orders; the keys are the old one, the new one, and those before. */
const ROTATIONS: readonly (readonly [keyof typeof WAYS, readonly number[], string, string, ...string[]])[] = [
  ['writesFrom', [0, 1], 'k1', 'k2'],
  ['writesFrom', [1, 0], 'k2', 'k3', 'k1'],
  ['steps', [0, 1], 'k3', 'k4', 'k2', 'k1'],
  ['steps', [1, 0], 'k4', 'k5', 'k3', 'k2', 'k1'],
];

const { values } = parseArgs({
  options: {
    gap: { type: 'string', default: '3' },
    ceph: { type: 'boolean', default: false },
  },
});
const GAP = Number(values.gap) * 1000;
if (!(GAP > 0)) throw new TypeError(USAGE);

async function main(): Promise<number> {
  const stand = await startStand({ ceph: values.ceph, ids: ['k1', 'k2', 'k3', 'k4', 'k5'] });
  const failures: string[] = [];
  try {
    for (const [way, order, from, to, ...older] of ROTATIONS)
      await rotate(stand, { way, gap: GAP, order, from, to, older }, failures);
    failures.push(...(await verified(stand)));
    for (const served of stand.processes) failures.push(...faultsOf(served));
  } finally {
    await stand.close();
  }
  for (const failure of failures.slice(0, 20)) process.stderr.write(`FAILED: ${failure.slice(0, 600)}\n`);
  process.stdout.write(`${failures.length} failures\n`);
  return failures.length > 0 ? 1 : 0;
}

/** One rotation under load. What is wrong goes to `failures`. */
async function rotate(stand: Stand, rotation: Rotation, failures: string[]): Promise<void> {
  const { way, order, from, to } = rotation;
  const name = `${from}-${to}`;
  const clients = Array.from({ length: CLIENTS }, stand.client);
  const uploader = stand.client();
  const settled = startWorkload(clients, BUCKET, `${name}/before`);
  await pause(GAP / 2);
  await settled.stop();

  const workload = startWorkload(clients, BUCKET, `${name}/during`);
  const uploads = new Uploads(uploader, failures);
  const early = await uploads.begin(`${name}/upload-before`);
  const late: Upload[] = [];
  const turn = await WAYS[way](stand, rotation, {
    before: () => uploads.proceed(early),
    between: async () => {
      await uploads.proceed(early);
      late.push(...(await uploads.begin(`${name}/upload-between`)));
    },
  });
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
    `${from} → ${to} by ${way}, process ${order.join(' before ')}, ${GAP / 1000} s apart: ` +
      `${settled.requests() + workload.requests()} requests, ${early.length + late.length} uploads across it, ` +
      `objects under ${JSON.stringify(under)}, ${failures.length} failures\n`,
  );
  for (const client of [...clients, uploader]) client.close();
}

/** Several uploads at once. */
class Uploads {
  readonly #client: SmallClient;
  readonly #failures: string[];

  constructor(client: SmallClient, failures: string[]) {
    this.#client = client;
    this.#failures = failures;
  }

  /** Begins some and sends the first part of each. */
  async begin(name: string): Promise<readonly Upload[]> {
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

process.exitCode = await main();
