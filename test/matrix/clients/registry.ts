import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { catalog, type Descriptor, descriptorOf, Repository } from './registry-api.ts';
import {
  dataOf,
  everythingSealed,
  movedBy,
  rootOf,
  sizeBehind,
  wantAll,
  wantSize,
} from './registry-proofs.ts';
import { collectGarbage, type Storage, withRegistry } from './registry-server.ts';

const SERVER = { title: 'docker registry', quick: false, deeds };

export const registry: readonly Client[] = [
  {
    id: 'registry',
    ...SERVER,
    from: {
      kind: 'go',
      module: 'github.com/distribution/distribution/v3',
      path: 'cmd/registry',
      command: 'registry',
    },
  },
  {
    id: 'registry-debian',
    ...SERVER,
    from: { kind: 'debian', name: 'docker-registry', command: 'docker-registry' },
  },
];

const IMAGE = 'team/app';
const COPY = 'team/copy';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const CHUNK = 6 << 20;

/** Images in place of objects: what a container client asks a registry for, whose storage is the bucket. */
function deeds(target: Target): Deeds {
  const by =
    (storage: Storage, run: (bench: Bench, url: string) => Promise<void>) =>
    (bench: Bench): Promise<void> =>
      withRegistry(target, rootOf(bench), storage, (url) => run(bench, url));
  return {
    put: by({}, async (bench, url) => {
      const repository = new Repository(url, IMAGE);
      const bytes = await readFile(bench.small);
      const layer = await repository.pushWhole(bytes);
      await pushImage(bench, repository, 'v1', [layer]);
      await bench.direct.sealed(dataOf(bench, layer), bytes);
      await everythingSealed(bench);
    }),
    'put-large': by({}, async (bench, url) => {
      const bytes = await readFile(bench.large);
      const layer = await new Repository(url, IMAGE).pushChunks(bytes, CHUNK);
      await bench.direct.sealed(dataOf(bench, layer), bytes);
    }),
    'put-stream': by({}, async (bench, url) => {
      const bytes = await variantOf(bench, 'streamed');
      const layer = await new Repository(url, IMAGE).pushStream(bytes);
      await bench.direct.sealed(dataOf(bench, layer), bytes);
    }),
    get: by({}, async (bench, url) => {
      const repository = new Repository(url, IMAGE);
      const bytes = await readFile(bench.small);
      const manifest = await repository.pullManifest('v1');
      bench.same(await repository.pullManifest(descriptorOf(manifest).digest), manifest);
      bench.same(await repository.pull(descriptorOf(bytes)), bytes);
    }),
    'get-large': by({}, async (bench, url) => {
      const bytes = await readFile(bench.large);
      bench.same(await new Repository(url, IMAGE).pull(descriptorOf(bytes)), bytes);
    }),
    range: by({}, async (bench, url) => {
      const [first, last] = [8_388_000, 8_389_999];
      const bytes = await readFile(bench.large);
      const got = await new Repository(url, IMAGE).pullRange(descriptorOf(bytes), first, last);
      bench.same(got, bytes.subarray(first, last + 1));
    }),
    head: by({}, async (bench, url) => {
      const layer = descriptorOf(await readFile(bench.large));
      wantSize(layer, await new Repository(url, IMAGE).size(layer));
    }),
    list: by({}, async (bench, url) => {
      const repository = new Repository(url, IMAGE);
      await pushImage(bench, repository, 'v2', [descriptorOf(await readFile(bench.small))]);
      wantAll('tags', await repository.tags(), ['v1', 'v2']);
      wantAll('repositories', await catalog(url), [IMAGE]);
    }),
    link: by({ redirect: true }, async (bench, url) => {
      const repository = new Repository(url, IMAGE);
      const bytes = await readFile(bench.large);
      const layer = descriptorOf(bytes);
      bench.same(await bench.follow(await repository.link('GET', layer)), bytes);
      wantSize(layer, await sizeBehind(await repository.link('HEAD', layer), target));
    }),
    copy: by({ copyInPartsAbove: 5 << 20 }, async (bench, url) => {
      const bytes = await variantOf(bench, 'copied in parts');
      const source = new Repository(url, IMAGE);
      await movedBy(bench, 'UploadPartCopy', bytes, () => source.pushStream(bytes));
      await mountAndPull(bench, url, bytes);
    }),
    move: by({}, async (bench, url) => {
      const bytes = await variantOf(bench, 'moved');
      await movedBy(bench, 'CopyObject', bytes, () => new Repository(url, IMAGE).pushStream(bytes));
    }),
    delete: (bench) => deleteAndCollect(bench, target),
    sync: by({}, pushTwice),
  };
}

/** Of what it has already a registry stores nothing; so this is large, too, and another. */
async function variantOf(bench: Bench, tail: string): Promise<Buffer> {
  return Buffer.concat([await readFile(bench.large), Buffer.from(tail)]);
}

async function pushImage(
  bench: Bench,
  repository: Repository,
  tag: string,
  layers: readonly Descriptor[],
): Promise<Descriptor> {
  const text = JSON.stringify({ architecture: 'amd64', os: 'linux', author: bench.newMarker() });
  const config = await repository.pushWhole(Buffer.from(text));
  return await repository.pushManifest(tag, { ...config, mediaType: CONFIG }, layers);
}

async function mountAndPull(bench: Bench, url: string, bytes: Buffer): Promise<void> {
  const repository = new Repository(url, COPY);
  const layer = descriptorOf(bytes);
  if (!(await repository.mount(layer, IMAGE))) throw new Error('the blob was not taken over');
  await pushImage(bench, repository, 'v1', [layer]);
  bench.same(await repository.pull(layer), bytes);
}

/** What a manifest that is deleted referred to is gone after the collection, and nothing else. */
async function deleteAndCollect(bench: Bench, target: Target): Promise<void> {
  const [bytes, kept] = [await variantOf(bench, 'doomed'), await readFile(bench.small)];
  const layer = descriptorOf(bytes);
  await withRegistry(target, rootOf(bench), {}, async (url) => {
    const repository = new Repository(url, IMAGE);
    await repository.pushStream(bytes);
    const manifest = await pushImage(bench, repository, 'doomed', [layer]);
    await repository.remove('manifests', manifest);
    await repository.remove('blobs', layer);
    if ((await repository.size(layer)) !== undefined) throw new Error('the blob is still there');
  });
  await bench.direct.sealed(dataOf(bench, layer), bytes);
  await collectGarbage(target, rootOf(bench));
  await bench.direct.absent(dataOf(bench, layer));
  await withRegistry(target, rootOf(bench), {}, async (url) => {
    const repository = new Repository(url, IMAGE);
    wantAll('tags', await repository.tags(), ['v1', 'v2']);
    bench.same(await repository.pull(descriptorOf(kept)), kept);
  });
  await everythingSealed(bench);
}

/** A layer a file; what is there is not pushed again. */
async function pushTwice(bench: Bench, url: string): Promise<void> {
  const repository = new Repository(url, 'team/tree');
  const files = await Promise.all((await filesBelow(bench.tree)).map((file) => readFile(file)));
  // No layer is empty: a tar has 1,024 bytes at least.
  const contents = files.filter(({ length }) => length > 0);
  const layers = contents.map(descriptorOf);
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux' }));
  const push = async (): Promise<void> => {
    for (const bytes of [...contents, config]) {
      if ((await repository.size(descriptorOf(bytes))) === undefined) await repository.pushStream(bytes);
    }
    await repository.pushManifest('v1', { ...descriptorOf(config), mediaType: CONFIG }, layers);
  };
  await push();
  const writes = (await bench.writesOf(push)).filter((write) => /\/(blobs|_uploads)\//.test(write));
  if (writes.length > 0) throw new Error(`the second time it wrote ${writes.join(', ')}`);
  for (const bytes of contents) bench.same(await repository.pull(descriptorOf(bytes)), bytes);
  await everythingSealed(bench);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
