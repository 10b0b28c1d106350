import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeLog } from '../../src/log.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { KEY_REFRESH, reloader } from '../../src/snapshot/reload.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { folderOf } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

const CONFIG = `reload: { watch: WATCH }
listen: [{ address: "127.0.0.1:0", auth: none }]
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: store, secretAccessKey: store-secret-for-tests }
keys: { a: { file: a.key } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
`;
const bytes = (name: string): Buffer => createHash('sha256').update(`test key ${name}`).digest();

async function stand(t: Test, watch = 'off', text = CONFIG) {
  const config = text.replace('WATCH', watch);
  const folder = await folderOf(t, { 'config.yaml': config, 'a.key': bytes('a') });
  const file = join(folder, 'config.yaml');
  const { snapshot, files, problems } = await loadConfig(file);
  if (!snapshot) throw new Error('the config is good');
  const taken: Snapshot[] = [];
  const lines: { msg: string; level: number }[] = [];
  const log = makeLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  let kept = 0;
  const proxy = {
    reload: (next: Snapshot): readonly string[] | Promise<readonly string[]> => {
      taken.push(next);
      return ['listen[0]'];
    },
    keep: () => {
      kept += 1;
    },
  };
  const reloads = reloader({ file, snapshot, files, problems, proxy, log });
  t.teardown(() => reloads.stop());
  const reload = (): void => reloads.request('test');
  const ended = (): number => lines.filter(({ msg }) => /^reloaded|not loaded;|failed/.test(msg)).length;
  return {
    folder,
    file,
    config,
    kept: () => kept,
    stop: () => reloads.stop(),
    request: reloads.request,
    proxy,
    taken,
    lines,
    reload,
    done: async () => {
      const wanted = ended() + 1;
      reload();
      await eventually(() => ended() >= wanted);
    },
  };
}

t.test('serves the new config', async (t) => {
  const { file, config, taken, lines, done } = await stand(t);
  writeFileSync(file, config.replace('bucket: vault', 'bucket: other'));
  await done();
  t.match(taken, [{ rules: { rules: [{ bucket: 'other' }] } }]);
  t.match(lines.slice(-2), [
    { msg: /^listen\[0\] has changed; a restart is needed to apply it/ },
    { msg: /^reloaded/ },
  ]);
});

t.test('keeps the old one, and says why, when the new one is broken or gone', async (t) => {
  const { file, config, taken, lines, kept, done } = await stand(t);
  writeFileSync(file, config.replace('encrypt: [a]', 'encrypt: [b]'));
  await done();
  t.match(lines.slice(-2), [
    { msg: /unknown key "b"/, level: 'error' },
    { msg: /was not loaded; the previous config/, level: 'error' },
  ]);
  await rm(file);
  await done();
  t.match(lines.at(-2), { msg: /no such file/ });
  t.same(taken, []);
  t.equal(kept(), 2);
});

t.test('keeps the old one when a key was edited in place, again and again', async (t) => {
  const { folder, taken, lines, done } = await stand(t);
  writeFileSync(join(folder, 'a.key'), bytes('b'));
  for (const round of [1, 2]) {
    await done();
    t.match(lines.at(-2), { msg: /^keys\.a: its bytes changed/, level: 'error' }, `round ${round}`);
  }
  t.same(taken, []);
  writeFileSync(join(folder, 'a.key'), bytes('a'));
  await done();
  t.equal(taken.length, 1, 'with the old bytes back, it goes on');
});

t.test('a warning of the start is not repeated by each refresh of the keys', async (t) => {
  const { taken, lines, done, request } = await stand(t, 'off', `${CONFIG}log: { level: silent }\n`);
  for (let refreshes = 1; refreshes <= 2; refreshes += 1) {
    request(KEY_REFRESH);
    await eventually(() => taken.length === refreshes);
  }
  await pause(50);
  t.notMatch(JSON.stringify(lines), /nothing is logged|"reloaded"/);
  await done();
  t.match(JSON.stringify(lines), /nothing is logged.*"reloaded"/, 'one that somebody asks for says all');
});

t.test('a reload that the stop cuts off has not failed', async (t) => {
  const { proxy, lines, kept, reload, stop } = await stand(t);
  const { promise, reject } = Promise.withResolvers<readonly string[]>();
  let asked = false;
  proxy.reload = () => {
    asked = true;
    return promise;
  };
  reload();
  await eventually(() => asked);
  stop();
  reject(new Error('worker 1 did not answer'));
  await pause(50);
  t.equal(kept(), 0);
  t.notMatch(JSON.stringify(lines), /the reload failed/);
});

t.test('merges all requests that arrive while one is queued', async (t) => {
  const { taken, lines, reload, done } = await stand(t);
  for (let i = 0; i < 5; i += 1) reload();
  await done();
  await eventually(() => taken.length === 2);
  await pause(50);
  t.equal(taken.length, 2, 'the one that ran, and one for all others');
  t.match(lines.at(-1), { reason: 'test' });
});

t.test('reloads when a file of the config changed, and not otherwise', async (t) => {
  const { folder, file, config, taken, lines } = await stand(t, '10ms');
  await pause(50);
  writeFileSync(file, config);
  await pause(50);
  t.same(taken, [], 'nothing has changed');
  writeFileSync(file, config.replace('bucket: vault', 'bucket: other'));
  await eventually(() => taken.length === 1);
  t.match(taken, [{ rules: { rules: [{ bucket: 'other' }] } }]);
  t.match(lines.at(-1), { msg: 'reloaded', reason: `changed: ${file}` });

  writeFileSync(join(folder, 'a.key'), 'too short');
  await eventually(() => lines.some(({ msg }) => /was not loaded/.test(msg)));
  writeFileSync(join(folder, 'a.key'), bytes('a'));
  await eventually(() => taken.length === 2);
  t.equal(taken.length, 2, 'a file that is fixed is noticed too');
});

t.test('loads and checks nothing once it is stopped', async (t) => {
  const { file, config, taken, reload, stop } = await stand(t, '5ms');
  reload();
  stop();
  writeFileSync(file, config.replace('bucket: vault', 'bucket: other'));
  reload();
  await pause(50);
  t.same(taken, []);
});
