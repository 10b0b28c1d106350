import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type BucketLocationConstraint,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';
import { bodyWith, bytesOf, CLIENT, failureOf, newMarker } from './support.ts';

/** Two stores with an authority, an owner and a region each, and one proxy before both. */
interface Stand {
  readonly warm: Store;
  readonly cold: Store;
  readonly s3: S3Client;
  readonly config: string;
  /** Serves by the config read anew. */
  readonly reload: () => Promise<void>;
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

interface Store {
  readonly sandbox: Sandbox;
  /** Its owner, straight to it. */
  readonly direct: S3Client;
  readonly region: string;
  readonly close: () => Promise<void>;
}

async function startStand(t: Test): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-upstreams-'));
  const tls = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const clientOf = (endpoint: string, region: string, name: string, ca: string): S3Client => {
    const httpsAgent = new Agent({ ca, keepAlive: true });
    const credentials = { accessKeyId: name, secretAccessKey: `${name}-secret-for-tests` };
    const s3 = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: { httpsAgent },
    });
    t.teardown(() => {
      s3.destroy();
      httpsAgent.destroy();
    });
    return s3;
  };
  const store = async (name: string): Promise<Store> => {
    const { ca, ...pair } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
    await writeFile(join(folder, `${name}.pem`), ca);
    const region = `eu-${name}-1`;
    const sandbox = await startSandbox({
      host: '127.0.0.1',
      port: 0,
      tls: pair,
      directory: join(folder, name),
      credentials: [name, `${name}-app`].map((accessKeyId) => ({
        accessKeyId,
        secretAccessKey: new Secret(`${accessKeyId}-secret-for-tests`),
      })),
      region,
      onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
    });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= sandbox.close());
    return { sandbox, region, close, direct: clientOf(sandbox.url, region, name, ca) };
  };
  const [warm, cold] = [await store('warm'), await store('cold')];
  await writeFile(join(folder, 'tls.crt'), tls.cert);
  await writeFile(join(folder, 'tls.key'), tls.key, { mode: 0o600 });
  await writeFile(join(folder, 'one.key'), Buffer.alloc(32, 'one'), { mode: 0o600 });
  const config = join(folder, 'config.yaml');
  await writeFile(config, configText(warm, cold));
  const load = async (): Promise<Snapshot> => {
    const { snapshot, problems } = await loadConfig(config);
    if (snapshot) return snapshot;
    throw new Error(problems.map((problem) => formatProblem(problem, config)).join('\n'));
  };
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const proxy = await startProxy(await load(), makeLog('info', destination));
  t.teardown(async () => {
    await proxy.stop();
    await warm.close();
    await cold.close();
    await rm(folder, { recursive: true, force: true });
  });
  const reload = async (): Promise<void> => void proxy.reload(await load());
  return {
    warm,
    cold,
    config,
    reload,
    log,
    s3: clientOf(proxy.urls[0] ?? '', 'any-1', CLIENT.accessKeyId, tls.ca),
  };
}

function configText(warm: Store, cold: Store): string {
  const store = (name: string, { sandbox, region }: Store, provider: string): string =>
    `{ endpoint: "https://127.0.0.1:${sandbox.port}", region: ${region}, provider: ${provider}, addressing: path, ca: ${name}.pem, credentials: { accessKeyId: ${name}, secretAccessKey: ${name}-secret-for-tests } }`;
  return `listen: [{ address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }]
admin: { address: "127.0.0.1:0" }
drain: 1s
upstream: ${store('warm', warm, 'aws')}
upstreams:
  cold: ${store('cold', cold, 'ceph')}
clients:
  - accessKeyId: client
    secretAccessKey: client-secret-for-tests
    admin: true
    upstreams: { cold: { accessKeyId: cold-app, secretAccessKey: cold-app-secret-for-tests } }
keys: { one: { file: one.key } }
rules:
  - { match: { bucket: "warm-*" }, encrypt: [one] }
  - { match: { bucket: "cold-*" }, upstream: cold, encrypt: [one] }
  - { match: { bucket: "cold-*", prefix: open/ }, upstream: cold, encrypt: off }
`;
}

async function holds(directory: string, marker: string): Promise<boolean> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
  return contents.some((content) => content.includes(marker));
}

t.test('one proxy before two stores', async (t) => {
  const { warm, cold, s3, config, reload, log } = await startStand(t);
  const marker = newMarker();
  const buckets = ['warm-a', 'cold-b', 'warm-c', 'cold-d'];
  for (const Bucket of buckets) {
    const { region } = Bucket.startsWith('cold') ? cold : warm;
    const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  }

  t.test('each bucket is where its rule says, encrypted there, and nowhere else', async (t) => {
    for (const [Bucket, here, there] of [
      ['warm-a', warm, cold],
      ['cold-b', cold, warm],
    ] as const) {
      const object = { Bucket, Key: 'dir/a b' };
      await s3.send(new PutObjectCommand({ ...object, Body: bodyWith(marker, 70_000) }));
      t.equal((await bytesOf(s3, Bucket, object.Key)).toString('latin1', 0, marker.length), marker);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      t.strictSame(
        Contents.map(({ Key }) => Key),
        [object.Key],
      );
      t.match(await failureOf(here.direct.send(new GetObjectCommand(object))), {
        status: 400,
        name: 'InvalidRequest',
      });
      t.match(await failureOf(there.direct.send(new HeadBucketCommand({ Bucket }))), { status: 404 });
      t.notOk(await holds(here.sandbox.directory, marker));
    }
    await s3.send(new PutObjectCommand({ Bucket: 'cold-b', Key: 'open/a', Body: marker }));
    t.equal(
      (await bytesOf(cold.direct, 'cold-b', 'open/a')).toString(),
      marker,
      'plain where a rule says so',
    );
    const places = log.map(({ bucket, upstream }) => `${String(bucket)}: ${String(upstream)}`);
    t.ok(places.includes('warm-a: upstream') && places.includes('cold-b: upstreams.cold'));
    t.ok(places.every((place) => place.startsWith('cold-') === place.endsWith('upstreams.cold')));
  });

  t.test('a bucket is in the region of its store', async (t) => {
    const regionOf = async (Bucket: string): Promise<unknown> =>
      (await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint;
    t.equal(await regionOf('warm-a'), warm.region);
    t.equal(await regionOf('cold-b'), cold.region);
  });

  t.test(
    'the buckets of both are one list, in pages too, each as it is where the rules put it',
    async (t) => {
      // The rules put this name at the other store, where it is already.
      await warm.direct.send(new CreateBucketCommand({ Bucket: 'cold-b' }));
      await warm.direct.send(new CreateBucketCommand({ Bucket: 'cold-x' }));
      const all = buckets.toSorted();
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      t.strictSame(
        Buckets.map(({ Name }) => Name),
        all,
      );
      const paged: (string | undefined)[] = [];
      let token: string | undefined;
      let pages = 0;
      do {
        const page = await s3.send(new ListBucketsCommand({ MaxBuckets: 3, ContinuationToken: token }));
        paged.push(...(page.Buckets ?? []).map(({ Name }) => Name));
        token = page.ContinuationToken;
        pages += 1;
      } while (token !== undefined && pages < 9);
      t.strictSame(paged, all);
      t.equal(pages, 2);
      for (const wrong of [{ MaxBuckets: 0 }, { MaxBuckets: 10_001 }, { ContinuationToken: '%%' }])
        t.match(await failureOf(s3.send(new ListBucketsCommand(wrong))), { name: 'InvalidArgument' });
    },
  );

  t.test('a copy from one store to the other is done by the proxy, sealed as its rules say', async (t) => {
    for (const [Bucket, source, to] of [
      ['warm-c', 'cold-d/to-copy', warm],
      ['cold-d', 'warm-c/to-copy', cold],
      ['warm-c', 'cold-d/open/to-copy', warm],
    ] as const) {
      const [from = '', ...objectKey] = source.split('/');
      const Body = bodyWith(marker, 3000);
      await s3.send(
        new PutObjectCommand({ Bucket: from, Key: objectKey.join('/'), Body, Metadata: { a: 'b' } }),
      );
      const copy = { Bucket, Key: 'copied', CopySource: source };
      await s3.send(new CopyObjectCommand(copy));
      t.same(await bytesOf(s3, Bucket, 'copied'), Body, source);
      const failure = await failureOf(bytesOf(to.direct, Bucket, 'copied'));
      t.match(failure, { status: 400, name: 'InvalidRequest' });
    }
    const bare = { Bucket: 'cold-d', Key: 'open/copied', CopySource: 'warm-c/to-copy' };
    t.match(await failureOf(s3.send(new CopyObjectCommand(bare))), { status: 403, name: 'AccessDenied' });
    t.equal(await holds(warm.sandbox.directory, marker), false);
  });

  t.test('the commands ask the store that has the bucket', async (t) => {
    // The sandbox refuses in the words of AWS, and they compare them.
    const asAws = join(dirname(config), 'as-aws.yaml');
    await writeFile(asAws, (await readFile(config, 'utf8')).replace('provider: ceph', 'provider: aws'));
    const checked = await ran(commandLine('verify'), [asAws, 's3://warm-a', 's3://cold-b/dir/']);
    t.match(checked, { code: 0, stdout: /\b2\b/ }, checked.stderr);
    const found = await ran(commandLine('recover'), [asAws, 's3://cold-b/dir/a b']);
    t.match(found, { code: 0, stdout: /key +one \(/ }, found.stderr);
    const listed = await ran(commandLine('explain'), [config, 's3://', '--op', 'ListBuckets']);
    t.match(listed.stdout, /sent to: upstream, .*\nand to: upstreams\.cold, /);
    const told = await ran(commandLine('explain'), [config, 's3://cold-b/dir/a', '--op', 'GetObject']);
    t.match(
      told.stdout,
      new RegExp(`sent to: upstreams\\.cold, .*:${cold.sandbox.port}, provider ceph, region`),
    );
  });

  t.test('a reload keeps both', async (t) => {
    await reload();
    for (const bucket of ['warm-a', 'cold-b'])
      t.equal((await bytesOf(s3, bucket, 'dir/a b')).byteLength, 70_000, bucket);
  });

  t.test('removes many at one of them', async (t) => {
    const Objects = [{ Key: 'dir/a b' }, { Key: 'open/a' }];
    const { Deleted = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: 'cold-b', Delete: { Objects } }),
    );
    t.equal(Deleted.length, 2);
  });

  t.test('a store that is down takes nothing from the other, and there is no half of a list', async (t) => {
    await cold.close();
    t.equal((await bytesOf(s3, 'warm-a', 'dir/a b')).byteLength, 70_000);
    t.match(await failureOf(s3.send(new HeadBucketCommand({ Bucket: 'cold-b' }))), { status: 503 });
    t.match(await failureOf(s3.send(new ListBucketsCommand({}))), { status: 503, name: 'SlowDown' });
  });
});
