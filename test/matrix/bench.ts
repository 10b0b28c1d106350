import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { follow, submit } from './anybody.ts';
import type { Direct } from './direct.ts';
import { BUCKETS, type LogLine } from './proxy.ts';
import type { Seeds } from './seeds.ts';

export interface Place {
  readonly bucket: string;
  readonly objectKey: string;
}

/** Bodies on this machine, the same for every client of a store. */
export interface Bodies {
  /** 20 kB, 20 MiB, and a folder of files with unusual names. */
  readonly small: string;
  readonly large: string;
  readonly tree: string;
}

/** What one client over one scheme works on, and how what it did is judged. */
export interface Bench extends Bodies {
  readonly direct: Direct;
  readonly seeds: Seeds;
  /** What the store speaks. */
  readonly dialect: 's3' | 'obs';
  /** A marker that belongs to what must be encrypted. */
  readonly newMarker: () => string;
  /** An object of this client's own, under the encrypting rule. */
  readonly place: (name: string) => Place;
  /** A file of this client's own. */
  readonly file: (name: string) => string;
  /** Puts an object by another client. */
  readonly seed: (to: Place, file: string) => Promise<void>;
  readonly same: (got: Uint8Array, wanted: Uint8Array) => void;
  /** GET of a URL by someone who has no credentials. */
  readonly follow: (link: string) => Promise<Buffer>;
  /** As a browser sends a form of such a page; the file is its last field. */
  readonly submit: (url: string, fields: readonly FormField[], file: string) => Promise<void>;
  /** The writes of objects that the proxy saw meanwhile, as `operation object-key`. */
  readonly writesOf: (run: () => Promise<void>) => Promise<readonly string[]>;
  /** Server errors that the proxy answered meanwhile: a client that hides them tries again. */
  readonly faultsOf: (run: () => Promise<void>) => Promise<readonly string[]>;
  /** Every file of the tree is under the prefix, encrypted, and nothing else is. */
  readonly sealedTree: (bucket: string, prefix: string) => Promise<void>;
  readonly sameTrees: (folder: string) => Promise<void>;
}

export type FormField = readonly [name: string, value: string];

interface Setting {
  /** Begins every object key of this client, without a slash at the end. */
  readonly name: string;
  readonly folder: string;
  readonly bodies: Bodies;
  readonly seeds: Seeds;
  readonly direct: Direct;
  readonly ca: string;
  readonly dialect: 's3' | 'obs';
  readonly log: readonly LogLine[];
  readonly newMarker: () => string;
  readonly seed: (to: Place, file: string) => Promise<void>;
}

const WRITES = ['PutObject', 'UploadPart', 'CopyObject', 'UploadPartCopy', 'CompleteMultipartUpload'];

export async function makeBench(setting: Setting): Promise<Bench> {
  const { name, folder, bodies, direct, log } = setting;
  const files = join(folder, 'files');
  await mkdir(files, { recursive: true });
  const linesOf = async (run: () => Promise<void>): Promise<readonly LogLine[]> => {
    const from = log.length;
    await run();
    // A line is written when the answer has ended, which the client may see first.
    await pause(100);
    return log.slice(from).filter(({ objectKey }) => objectKey?.startsWith(`${name}/`));
  };
  return {
    ...bodies,
    direct,
    seeds: setting.seeds,
    dialect: setting.dialect,
    newMarker: setting.newMarker,
    seed: setting.seed,
    place: (object) => ({ bucket: BUCKETS.sealed, objectKey: `${name}/${object}` }),
    file: (file) => join(files, file),
    same,
    follow: (link) => follow(link, setting.ca),
    submit: (url, fields, file) => submit(url, fields, file, setting.ca),
    writesOf: async (run) =>
      (await linesOf(run))
        .filter(({ op }) => WRITES.includes(op ?? ''))
        .map(({ op, objectKey }) => `${op} ${objectKey}`),
    faultsOf: async (run) =>
      (await linesOf(run))
        .filter(({ status = 0 }) => status >= 500 && status !== 501)
        .map(({ op, status }) => `${status} to ${op}`),
    sealedTree: (bucket, prefix) => sealedTree(direct, bodies.tree, bucket, prefix),
    sameTrees: (other) => sameTrees(bodies.tree, other),
  };
}

function same(got: Uint8Array, wanted: Uint8Array): void {
  if (!Buffer.from(got).equals(wanted))
    throw new Error(`${got.length} bytes came back that are not the ${wanted.length} that were stored`);
}

async function sealedTree(direct: Direct, tree: string, bucket: string, prefix: string): Promise<void> {
  const names = await filesBelow(tree);
  for (const name of names)
    await direct.sealed({ bucket, objectKey: `${prefix}${name}` }, await readFile(join(tree, name)));
  const stored = await direct.list(bucket, prefix);
  if (stored.length !== names.length)
    throw new Error(`${stored.length} objects were stored for ${names.length} files`);
}

async function sameTrees(tree: string, other: string): Promise<void> {
  const [names, others] = [await filesBelow(tree), await filesBelow(other)];
  if (names.join('\n') !== others.join('\n'))
    throw new Error(`${others.length} files came back for ${names.length}: ${others.join(', ')}`);
  for (const name of names) same(await readFile(join(other, name)), await readFile(join(tree, name)));
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();
}
