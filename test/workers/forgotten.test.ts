import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { httpStore } from '../e2e/wire.ts';
import { freePort } from '../matrix/stores/free-port.ts';
import { connection, startCrew, until } from './stand.ts';

/** One version of what a config has that is secret. A secret in a test has its letters from its bytes alone. */
async function version(id: string) {
  const letters = () => randomBytes(18).toString('hex');
  const ssecKey = randomBytes(32);
  const files: Record<string, string | Buffer> = { [`${id}.key`]: ssecKey };
  const searched: Record<string, string> = {
    'the SSE-C key': ssecKey.toString('base64'),
    'its MD5': createHash('md5').update(ssecKey).digest('base64'),
  };
  for (const name of ['wire', 'admin']) {
    const { cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
    files[`${name}.crt`] = cert;
    files[`${name}-tls.key`] = key;
    searched[`the private key of ${name}`] = key.split('\n')[2] ?? '';
  }
  const [client, upstream, token] = [letters(), letters(), letters()] as const;
  Object.assign(searched, { 'the secret of a client': client, 'that of the upstream': upstream, token });
  return { id, files, searched, secrets: { client, upstream, token } };
}

/** A snapshot is written bit by bit, and a part of it may end like the whole. */
function isWhole(json: string): boolean {
  if (!json.endsWith('"]}')) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

type Version = Awaited<ReturnType<typeof version>>;

for (const workers of [1, 2])
  t.test(`a reload leaves nothing of the secrets before in memory, with workers: ${workers}`, async (t) => {
    const store = await httpStore(t, (_request, response) => void response.end('ok'));
    const [first, second] = [await version('first'), await version('second')];
    const wire = await freePort();
    const adminAddress = 'admin: { address: "127.0.0.1:';
    const write = (config: string, { id, secrets }: Version): string =>
      config
        .replace('secretAccessKey: { env: STORE_SECRET }', `secretAccessKey: ${secrets.upstream}`)
        .replace(
          'listen: [',
          `listen: [{ address: "127.0.0.1:${wire}", auth: sigv4, tls: { cert: wire.crt, key: wire-tls.key } }, `,
        )
        .replace(
          new RegExp(`${adminAddress}(\\d+)" }`),
          `${adminAddress}$1", tls: { cert: admin.crt, key: admin-tls.key }, token: ${secrets.token} }`,
        )
        .replace('test: { file: test.key }', `${id}: { file: ${id}.key }`)
        .replace('encrypt: [test]', `encrypt: [${id}]`)
        .replace('\nkeys:', `\nclients: [{ accessKeyId: app, secretAccessKey: ${secrets.client} }]\nkeys:`);
    let text = '';
    const snapshots = t.testdir({});
    const crew = await startCrew(t, store.port, {
      workers,
      files: first.files,
      edit: (config) => {
        text = config;
        return write(config, first);
      },
      env: {
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --heapsnapshot-signal=SIGPROF --diagnostic-dir=${snapshots}`,
      },
    });
    const ask = connection(t, crew.port);
    // What the latest request had stays until there is another.
    await ask('PUT', '/secret/a', 'body');
    await ask('GET', '/secret/a');
    const found = async (pid: number): Promise<(version: Version) => readonly string[]> => {
      const before = new Set(await readdir(snapshots));
      process.kill(pid, 'SIGPROF');
      let heap = '';
      await until(async () => {
        const file = (await readdir(snapshots)).find((name) => !before.has(name));
        if (file !== undefined) heap = await readFile(join(snapshots, file), 'utf8');
        return isWhole(heap);
      });
      return ({ searched }) => Object.keys(searched).filter((name) => heap.includes(searched[name] ?? ''));
    };
    const pids = [crew.program.child.pid ?? 0, ...crew.workers().values()];
    t.equal(pids.length, workers === 1 ? 1 : 3);
    // The search finds what is there.
    const begun = (await found(pids[0] ?? 0))(first);
    t.ok(['the private key of admin', 'token', 'that of the upstream'].every((name) => begun.includes(name)));

    for (const [name, content] of Object.entries(second.files))
      await writeFile(join(crew.folder, name), content);
    await writeFile(join(crew.folder, 'config.yaml'), write(text, second));
    crew.program.child.kill('SIGHUP');
    await crew.program.until(/"msg":"reloaded"/);
    for (const pid of pids) {
      const of = await found(pid);
      t.same(of(first), [], 'nothing of the first');
      t.ok(of(second).includes('that of the upstream'), 'the second is there');
    }
  });
