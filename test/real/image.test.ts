import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { IMAGE } from '../bench/stand/image.ts';
import { bytesOf, failureOf, randomBody } from '../e2e/support.ts';
import { freePort } from '../matrix/stores/free-port.ts';
import { buildImage, makeContext, run } from './image/build.ts';
import { startContainer } from './image/container.ts';
import { binariesOf, missingLibraries } from './image/elf.ts';
import { BUCKET, CLIENT, OWNER, REGION, serviceFiles } from './image/service.ts';

/*
 * The image as it ships: its root tree made twice, built by buildah, unpacked by umoci and started by runc (root, Debian).
 * `npm run build` comes before.
 */
const NODE = ['/usr/local/bin/node'];
const EMULATOR = '/usr/bin/qemu-aarch64-static';

const work = await mkdtemp(join(tmpdir(), 'ssec-proxy-image-test-'));
t.teardown(() => rm(work, { recursive: true, force: true }));
const context = join(work, 'context');
await makeContext(context, ['amd64', 'arm64'], '022');
const image = await buildImage({ context, storage: join(work, 'storage') }, 'amd64');
const digest = await image.layout(join(work, 'layout'));
await run('umoci', ['unpack', '--image', `${join(work, 'layout')}:test`, join(work, 'bundle')]);
const rootfs = join(work, 'bundle/rootfs');

t.test('two builds have one digest, also with another umask and another storage', async (t) => {
  const other = join(work, 'other');
  await makeContext(other, ['amd64'], '077');
  const again = await buildImage({ context: other, storage: join(work, 'other-storage') }, 'amd64');
  t.match(digest, /^sha256:[0-9a-f]{64}$/);
  t.equal(await again.layout(join(work, 'other-layout')), digest);
});

t.test(
  'holds no program but Node.js, nothing that raises rights, and nobody’s files but root’s',
  async (t) => {
    const said = await run('find', [
      rootfs,
      '(',
      '-type',
      'f',
      '-o',
      '-type',
      'd',
      ')',
      '-printf',
      '%y %m %U:%G %P\\n',
    ]);
    const found = said
      .trim()
      .split('\n')
      .map((line) => {
        const [type = '', mode = '', owner = '', path = ''] = line.split(' ');
        return { type, mode: Number.parseInt(mode, 8), owner, path };
      });
    const programs = found.filter(({ type, mode }) => type === 'f' && (mode & 0o111) !== 0);
    t.strictSame(programs.map(({ path }) => path).toSorted(), [
      'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      'usr/lib/x86_64-linux-gnu/libc.so.6',
      'usr/local/bin/node',
    ]);
    t.strictSame([...new Set(found.map(({ owner }) => owner))], ['0:0']);
    const open = found.filter(({ mode }) => (mode & 0o7022) !== 0).map(({ path }) => path);
    t.strictSame(open, ['tmp']);
    t.notOk(found.some(({ path }) => /(?:^|\/)node_modules(?:\/|$)/.test(path)));
  },
);

t.test('says what it is, and how it is started', (t) => {
  const { config } = image.about.Docker;
  t.equal(image.about.OCIv1.architecture, 'amd64');
  t.equal(config.User, '10001:10001');
  t.strictSame(
    config.Env.filter((line) => !line.startsWith('PATH=')).toSorted(),
    Object.entries(IMAGE.env)
      .map(([name, value]) => `${name}=${value}`)
      .toSorted(),
  );
  t.strictSame(Object.keys(config.ExposedPorts).toSorted(), ['8443/tcp', '8990/tcp']);
  t.match(config.Labels, { 'org.opencontainers.image.licenses': 'Apache-2.0' });
  t.end();
});

t.test('its libraries are all there, for arm64 too', async (t) => {
  const machines = [
    ['amd64', /X86-64/, '/lib64/ld-linux-x86-64.so.2'],
    ['arm64', /AArch64/, '/lib/ld-linux-aarch64.so.1'],
  ] as const;
  for (const [platform, machine, loader] of machines) {
    const tree = join(context, 'build/image', platform);
    const binaries = await binariesOf(tree);
    const node = binaries.find(({ path }) => path.endsWith('/usr/local/bin/node'));
    t.equal(node?.interpreter, loader);
    t.ok((await stat(join(tree, 'debian', loader))).isFile(), 'through the links of a merged /usr');
    t.ok(binaries.some(({ path }) => path.endsWith('/libjemalloc.so.2')));
    for (const { path, machine: found } of binaries) t.match(found, machine, path);
    t.strictSame(await missingLibraries(tree), []);
  }
});

t.test('starts as arm64 too, under an emulator', async (t) => {
  const arm64 = await buildImage({ context, storage: join(work, 'storage') }, 'arm64');
  t.equal(arm64.about.OCIv1.architecture, 'arm64');
  const layout = join(work, 'arm64-layout');
  await arm64.layout(layout);
  await run('umoci', ['unpack', '--image', `${layout}:test`, join(work, 'arm64')]);
  const root = join(work, 'arm64/rootfs');
  await copyFile(EMULATOR, join(root, 'emulator'));
  const preload = ['-E', `LD_PRELOAD=${IMAGE.env.LD_PRELOAD}`];
  const node = ['/emulator', ...preload, ...NODE, ...IMAGE.flags];
  // Without this process' own environment, which has options for Node.js.
  const clean = ['-i', 'PATH=/usr/sbin:/usr/bin', 'chroot', '--userspec=10001:10001', root];
  const program = [...clean, ...node, '/app/dist/main.js', '--version'];
  const { stdout, stderr } = await promisify(execFile)('env', program);
  t.match(stdout, /^ssec-proxy \d/);
  t.equal(stderr, '', 'the loader found the allocator');
});

t.test('serves with the files, the user, the read-only root and the memory of the example', async (t) => {
  const service = await serve(t);
  const { container, s3, direct } = service;
  const body = randomBody(5 * 1024 * 1024);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a/object', Body: body }));
  t.ok(body.equals(await bytesOf(s3, BUCKET, 'a/object')));
  t.match(await failureOf(direct.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/object' }))), {
    status: 400,
    name: 'InvalidRequest',
  });

  const pid = await container.pid();
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  t.match(status, /^Uid:\t10001\t10001\t10001\t10001$/m);
  t.match(status, /^CapEff:\t0{16}$/m);
  t.match(status, /^NoNewPrivs:\t1$/m);
  t.match(
    await readFile(`/proc/${pid}/maps`, 'utf8'),
    /\/libjemalloc\.so\.2$/m,
    'the allocator is the one it preloads',
  );
  t.equal(
    (await container.exec(...NODE, '-p', 'process.constrainedMemory()')).trim(),
    String(service.memory),
  );
  const write = 'try { fs.writeFileSync("/tmp/x", "") } catch ({ code }) { console.log(code) }';
  t.equal((await container.exec(...NODE, '-e', write)).trim(), 'EROFS');

  const { about } = await buildImage({ context, storage: join(work, 'storage') }, 'amd64', 'docker');
  const [kind, ...health] = about.Docker.config.Healthcheck?.Test ?? [];
  t.equal(kind, 'CMD');
  t.equal(await container.exec(...health), 'ok\n');
  t.equal(await container.exec(...health, '--ready'), 'ready\n');

  await container.kill('TERM');
  t.equal(await container.exited, 0, 'the first process of a container takes SIGTERM');
  t.notMatch(container.output(), /"level":"(?:warn|error|fatal)"(?!.*fingerprint)/);
});

async function serve(t: Test) {
  const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const { accessKeyId, secretAccessKey } = OWNER;
  const store = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls: certificates,
    directory: join(work, 'store'),
    credentials: [{ accessKeyId, secretAccessKey: new Secret(secretAccessKey) }],
    region: REGION,
    buckets: [BUCKET],
    onFailure: (error) => t.fail(`the store failed: ${String(error)}`),
  });
  t.teardown(() => store.close());
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(work, 'service-'));
  const service = await serviceFiles(folder, { port, adminPort, store: store.url }, certificates);
  const container = await startContainer(t, join(work, 'bundle'), service);
  const clientOf = (endpoint: string, credentials: typeof CLIENT): S3Client => {
    const agent = new Agent({ ca: certificates.ca });
    const options = { endpoint, region: REGION, forcePathStyle: true, maxAttempts: 1, credentials };
    const s3 = new S3Client({ ...options, requestHandler: { httpsAgent: agent } });
    t.teardown(() => {
      s3.destroy();
      agent.destroy();
    });
    return s3;
  };
  return {
    container,
    memory: service.memory,
    s3: clientOf(`https://127.0.0.1:${port}`, CLIENT),
    direct: clientOf(store.url, OWNER),
  };
}
