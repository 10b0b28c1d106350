import crypto, { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { eventually, exchangeOf } from '../e2e/wire.ts';
import { ask, SSEC_PREFIX, startFront, startStub } from './support.ts';

const bytesOf = (name: string): Buffer => createHash('sha256').update(`test key ${name}`).digest();
const OLD = new SseKey('test', bytesOf('serve'));
const NEW = new SseKey('test', bytesOf('edited'));

interface Serving {
  readonly folder: string;
  readonly config: string;
  /** Signals, and resolves to what the log says until a line fits. */
  readonly reload: (wanted: RegExp) => Promise<string>;
  /** The SSE-C key that a write goes to the store with. */
  readonly usedKey: () => Promise<string>;
}

/** The program itself, before a store that echoes. */
async function serving(t: Test): Promise<Serving> {
  const store = await startStub(t, (_request, response) => void response.end());
  const files = serveFiles(store.port);
  const folder = await folderOf(t, files);
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  await program.until(/"serving"/);
  const port = Number(/"listen":\["http:\/\/127\.0\.0\.1:(\d+)"/.exec(program.stdout())?.[1]);
  return {
    folder,
    config: String(files['config.yaml']),
    reload: async (wanted) => {
      const before = program.stdout().length;
      program.child.kill('SIGHUP');
      await eventually(() => wanted.test(program.stdout().slice(before)));
      return program.stdout().slice(before);
    },
    usedKey: async () => {
      await exchangeOf(t, port, ['PUT /secret/a HTTP/1.1', 'Content-Length: 1'], 'x');
      return String(store.requests.at(-1)?.headers[`${SSEC_PREFIX}key`]);
    },
  };
}

t.test("SIGHUP can't load a key that was edited in place", async (t) => {
  const { folder, reload, usedKey } = await serving(t);
  t.equal(await usedKey(), OLD.base64);
  await writeFile(join(folder, 'test.key'), bytesOf('edited'));
  const said = await reload(/not loaded/);
  t.match(
    said,
    new RegExp(`keys\\.test: its bytes changed from fingerprint ${OLD.fingerprint} to ${NEW.fingerprint}`),
  );
  t.match(said, /give the new key an id of its own/);
  t.match(said, /the previous config stays in use/);
  t.equal(await usedKey(), OLD.base64, 'the old one goes on being used');
  t.match(await reload(/not loaded/), /its bytes changed/, 'a second try is no more welcome');
  for (const { base64, md5 } of [OLD, NEW]) for (const secret of [base64, md5]) t.notMatch(said, secret);
});

t.test('a key whose old bytes stay in a ring under another id may change', async (t) => {
  const { folder, config, reload, usedKey } = await serving(t);
  await writeFile(join(folder, 'test.key'), bytesOf('edited'));
  await writeFile(join(folder, 'kept.key'), bytesOf('serve'));
  const keys = (ring: string): string =>
    config
      .replace('test: { file: test.key }', 'test: { file: test.key }, kept: { file: kept.key }')
      .replace('encrypt: [test]', `encrypt: [${ring}]`);
  await writeFile(join(folder, 'config.yaml'), keys('test'));
  t.match(
    await reload(/not loaded/),
    /its bytes changed/,
    'to have the bytes and not use them is not enough',
  );
  await writeFile(join(folder, 'config.yaml'), keys('test, kept'));
  t.match(await reload(/"reloaded/), /reloaded/);
  t.equal(await usedKey(), NEW.base64);
});

t.test("a config that is broken can't replace one that works", async (t) => {
  const { folder, config, reload, usedKey } = await serving(t);
  await writeFile(join(folder, 'config.yaml'), config.replace('encrypt: [test]', 'encrypt: [tset]'));
  t.match(await reload(/not loaded/), /unknown key/);
  t.equal(await usedKey(), OLD.base64);
  await writeFile(join(folder, 'config.yaml'), config.replace('encrypt: [test]', 'encrypt: off'));
  await reload(/"reloaded/);
  t.equal(await usedKey(), 'undefined', 'one that works is taken');
});

t.test("a key that was damaged in memory can't be sent", async (t) => {
  const store = await startStub(t, (_request, response) => void response.end());
  const damaged = keyWithTheMd5Of(bytesOf('one'), bytesOf('other'));
  t.throws(() => damaged.requireWhole(), /damaged in memory/);
  const front = await startFront(t, {
    port: store.port,
    rules: [
      { bucket: 'secret', encrypt: [damaged] },
      { bucket: 'plain', encrypt: 'off' },
    ],
  });
  for (const request of [
    { method: 'PUT', target: '/secret/a', body: 'x' },
    { method: 'GET', target: '/secret/a' },
    { method: 'POST', target: '/secret/a?uploads=' },
    { method: 'PUT', target: '/plain/a', headers: { 'x-amz-copy-source': '/secret/a' } },
  ]) {
    const answer = await ask(t, front.port, request);
    t.not(answer.status, 200, `${request.method} ${request.target}`);
  }
  t.match(await ask(t, front.port, { method: 'PUT', target: '/secret/a', body: 'x' }), {
    status: 500,
    code: 'InternalError',
  });
  t.equal(store.requests.length, 0, 'nothing goes to the store, neither with the key nor without');
  t.match(
    front.log.find(({ status }) => status === 500),
    { cause: /SSE-C key "damaged" is damaged in memory/ },
  );
  for (const secret of [damaged.base64, damaged.md5]) t.notMatch(JSON.stringify(front.log), secret);
});

/** As if the bytes had changed after their MD5 was taken: while it is made, the MD5 of anything is that of `others`. */
function keyWithTheMd5Of(bytes: Buffer, others: Buffer): SseKey {
  const real = crypto.hash;
  crypto.hash = ((algorithm: string, data: string | Buffer, output: 'base64') =>
    real(algorithm, algorithm === 'md5' ? others : data, output)) as typeof real;
  syncBuiltinESMExports();
  try {
    return new SseKey('damaged', bytes);
  } finally {
    crypto.hash = real;
    syncBuiltinESMExports();
  }
}
