import { mkdir, readFile, stat } from 'node:fs/promises';
import type { Bench, Place } from './bench.ts';
import type { ActionId } from './cell.ts';
import type { Deeds } from './client.ts';

export type Checksum = 'MD5' | 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/** A client that puts and gets objects, in its own commands. What it has no command for is left out. */
export interface Tool {
  readonly put: (file: string, to: Place) => Promise<void>;
  readonly get: (from: Place, file: string) => Promise<void>;
  /** The body comes from standard input or a stream of unknown end. */
  readonly putStream?: (file: string, to: Place) => Promise<void>;
  /** The algorithms that it can compute. */
  readonly checksums?: readonly Checksum[];
  readonly putChecked?: (file: string, to: Place, checksum: Checksum) => Promise<void>;
  /** Both ends belong to the range. */
  readonly range?: (from: Place, first: number, last: number, file: string) => Promise<void>;
  readonly size?: (of: Place) => Promise<number>;
  /** Whole object keys. */
  readonly list?: (bucket: string, prefix: string) => Promise<readonly string[]>;
  readonly link?: (to: Place) => Promise<string>;
  readonly copy?: (from: Place, to: Place) => Promise<void>;
  readonly move?: (from: Place, to: Place) => Promise<void>;
  readonly remove?: (at: Place) => Promise<void>;
  readonly removeAll?: (bucket: string, prefix: string) => Promise<void>;
  /** The prefix ends with a slash. */
  readonly syncUp?: (folder: string, bucket: string, prefix: string) => Promise<void>;
  readonly syncDown?: (bucket: string, prefix: string, folder: string) => Promise<void>;
  /** Compares a folder with what was synchronised. */
  readonly check?: (folder: string, bucket: string, prefix: string) => Promise<void>;
}

interface Deed {
  readonly needs: keyof Tool;
  readonly run: (tool: Required<Tool>, bench: Bench) => Promise<void>;
}

/** How each action is done with a tool, and what has to be true afterwards. */
const DEEDS: Readonly<Partial<Record<ActionId, Deed>>> = {
  put: { needs: 'put', run: (tool, bench) => putAndProve(bench, 'put', bench.small, tool.put) },
  'put-large': { needs: 'put', run: (tool, bench) => putAndProve(bench, 'large', bench.large, tool.put) },
  'put-stream': {
    needs: 'putStream',
    run: (tool, bench) => putAndProve(bench, 'stream', bench.large, tool.putStream),
  },
  checksums: { needs: 'putChecked', run: putEveryChecksum },
  get: { needs: 'get', run: (tool, bench) => getAndCompare(bench, bench.seeds.small, bench.small, tool.get) },
  'get-large': {
    needs: 'get',
    run: (tool, bench) => getAndCompare(bench, bench.seeds.large, bench.large, tool.get),
  },
  range: { needs: 'range', run: getRange },
  head: { needs: 'size', run: readSize },
  list: { needs: 'list', run: listSeeds },
  link: { needs: 'link', run: followLink },
  copy: { needs: 'copy', run: copyAndProve },
  move: { needs: 'move', run: moveAndProve },
  delete: { needs: 'remove', run: removeOneAndAll },
  sync: { needs: 'syncUp', run: syncTwice },
  check: { needs: 'check', run: syncAndCheck },
};

/** The actions for which the tool has a command. */
export function deedsOf(tool: Tool): Deeds {
  const able = Object.entries(DEEDS).filter(([, { needs }]) => tool[needs] !== undefined);
  return Object.fromEntries(
    able.map(([id, { run }]) => [id, (bench: Bench) => run(tool as Required<Tool>, bench)]),
  );
}

type Put = (file: string, to: Place) => Promise<void>;

async function putAndProve(bench: Bench, name: string, file: string, put: Put): Promise<void> {
  const place = bench.place(name);
  await put(file, place);
  await bench.direct.sealed(place, await readFile(file));
}

async function putEveryChecksum(tool: Required<Tool>, bench: Bench): Promise<void> {
  for (const checksum of tool.checksums) {
    await putAndProve(bench, `checked-${checksum}`, bench.small, (file, place) =>
      tool.putChecked(file, place, checksum),
    );
  }
}

async function getAndCompare(bench: Bench, place: Place, file: string, get: Tool['get']): Promise<void> {
  const got = bench.file('got');
  await get(place, got);
  bench.same(await readFile(got), await readFile(file));
}

async function getRange(tool: Required<Tool>, bench: Bench): Promise<void> {
  const [first, last] = [8_388_000, 8_389_999];
  const got = bench.file('range');
  await tool.range(bench.seeds.large, first, last, got);
  bench.same(await readFile(got), (await readFile(bench.large)).subarray(first, last + 1));
}

async function readSize(tool: Required<Tool>, bench: Bench): Promise<void> {
  const { size } = await stat(bench.large);
  const said = await tool.size(bench.seeds.large);
  if (said !== size) throw new Error(`it says ${said} bytes, and there are ${size}`);
}

async function listSeeds(tool: Required<Tool>, bench: Bench): Promise<void> {
  const { bucket, prefix, objectKeys } = bench.seeds.listed;
  const got = (await tool.list(bucket, prefix)).toSorted();
  const missing = objectKeys.filter((objectKey) => !got.includes(objectKey));
  const more = got.filter((objectKey) => !objectKeys.includes(objectKey));
  if (missing.length + more.length > 0)
    throw new Error(`the list lacks ${JSON.stringify(missing)} and has besides ${JSON.stringify(more)}`);
}

async function followLink(tool: Required<Tool>, bench: Bench): Promise<void> {
  bench.same(await bench.follow(await tool.link(bench.seeds.small)), await readFile(bench.small));
}

async function copyAndProve(tool: Required<Tool>, bench: Bench): Promise<void> {
  for (const [name, from, file] of [
    ['copied', bench.seeds.small, bench.small],
    ['copied-large', bench.seeds.large, bench.large],
  ] as const) {
    const to = bench.place(name);
    await tool.copy(from, to);
    await bench.direct.sealed(to, await readFile(file));
  }
}

async function moveAndProve(tool: Required<Tool>, bench: Bench): Promise<void> {
  const [from, to] = [bench.place('to-be-moved'), bench.place('moved')];
  await bench.seed(from, bench.small);
  await tool.move(from, to);
  await bench.direct.sealed(to, await readFile(bench.small));
  await bench.direct.absent(from);
}

async function removeOneAndAll(tool: Required<Tool>, bench: Bench): Promise<void> {
  const all = ['doomed/one', 'doomed/two & three', 'doomed/four+five'].map((name) => bench.place(name));
  const single = bench.place('doomed-alone');
  for (const place of [...all, single]) await bench.seed(place, bench.small);
  await tool.remove(single);
  await bench.direct.absent(single);
  if (tool.removeAll === undefined) return;
  await tool.removeAll(single.bucket, bench.place('doomed/').objectKey);
  for (const place of all) await bench.direct.absent(place);
}

async function syncTwice(tool: Required<Tool>, bench: Bench): Promise<void> {
  const { bucket, objectKey: prefix } = bench.place('tree/');
  await tool.syncUp(bench.tree, bucket, prefix);
  await bench.sealedTree(bucket, prefix);
  const writes = await bench.writesOf(() => tool.syncUp(bench.tree, bucket, prefix));
  if (writes.length > 0) throw new Error(`the second time it wrote ${writes.join(', ')}`);
  const down = bench.file('down');
  await mkdir(down, { recursive: true });
  await tool.syncDown(bucket, prefix, down);
  await bench.sameTrees(down);
}

async function syncAndCheck(tool: Required<Tool>, bench: Bench): Promise<void> {
  const { bucket, objectKey: prefix } = bench.place('checked-tree/');
  await tool.syncUp(bench.tree, bucket, prefix);
  await tool.check(bench.tree, bucket, prefix);
}
