import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { runLines } from '../matrix/program.ts';
import { BUCKETS, type ProxyProcess, startProxy } from '../matrix/proxy.ts';
import { versitygw } from '../matrix/stores/versitygw.ts';
import { writeCertificates } from '../matrix/tls-files.ts';
import { type Flaky, startFlaky } from './sdks/flaky.ts';
import { SDKS, type Sdk } from './sdks/sdks.ts';

/**
 * Real SDKs with their defaults, through the proxy to a store that keeps account of checksums: uploads in parts, retries of
 * requests that were cut off, links, headers that are lists. Over HTTPS, where SDKs send trailers, and over HTTP.
 */
const { values } = parseArgs({ options: { sdks: { type: 'string' } } });
const chosen = SDKS.filter(({ id }) => values.sdks === undefined || values.sdks.split(',').includes(id));

process.exitCode = await main();

/** 0: every SDK did all that it does. */
async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-sdks-'));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
  await mkdir(cache, { recursive: true });
  await versitygw.install(cache);
  const tls = await writeCertificates(folder);
  const store = await versitygw.start(folder, tls, cache);
  console.log(`versitygw: ${store.version}`);
  let failures = 0;
  try {
    const proxy = await startProxy(join(folder, 'proxy'), versitygw, store, tls);
    try {
      await createBucket(proxy);
      for (const sdk of chosen)
        for (const scheme of ['https', 'http'] as const)
          failures += await trySdk(sdk, scheme, { proxy, caFile: tls.caFile, cache, home: folder });
    } finally {
      await proxy.stop();
    }
  } finally {
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return failures === 0 && chosen.length > 0 ? 0 : 1;
}

async function createBucket({ authorities, client }: ProxyProcess): Promise<void> {
  const s3 = new S3Client({
    endpoint: `http://${authorities.http}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: client,
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKETS.open }));
  s3.destroy();
}

interface Setting {
  readonly proxy: ProxyProcess;
  readonly caFile: string;
  readonly cache: string;
  readonly home: string;
}

/** 1 when it did not do all that it does. */
async function trySdk(
  { id, does, ready }: Sdk,
  scheme: 'http' | 'https',
  { proxy, caFile, cache, home }: Setting,
): Promise<0 | 1> {
  let flaky: Flaky | undefined;
  try {
    const { command, env } = await ready(cache);
    flaky = await startFlaky(Number(proxy.authorities[scheme].split(':')[1]));
    const [program = '', ...args] = command;
    const done = await runLines(program, args, {
      timeout: 300_000,
      env: {
        ...env,
        HOME: home,
        S3_BUCKET: BUCKETS.open,
        S3_ENDPOINT: `${scheme}://${proxy.authorities[scheme]}`,
        S3_FLAKY_ENDPOINT: `${scheme}://localhost:${flaky.port}`,
        AWS_ACCESS_KEY_ID: proxy.client.accessKeyId,
        AWS_SECRET_ACCESS_KEY: proxy.client.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CA_BUNDLE: caFile,
        NODE_EXTRA_CA_CERTS: caFile,
        SSL_CERT_FILE: caFile,
        REQUESTS_CA_BUNDLE: caFile,
      },
    });
    const missing = does.filter((each) => !done.includes(each));
    if (missing.length > 0) throw new Error(`it did not do: ${missing.join(', ')}`);
    if (flaky.cut() === 0) throw new Error('nothing was cut off, so no retry was seen');
    console.log(`ok      ${id} over ${scheme}: ${done.join(', ')}; ${flaky.cut()} connections cut off`);
    return 0;
  } catch (error) {
    console.log(`FAILED  ${id} over ${scheme}: ${(error as Error).message}`);
    return 1;
  } finally {
    flaky?.close();
  }
}
