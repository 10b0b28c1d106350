import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { makeLog } from '../../src/log.ts';
import { reloader } from '../../src/snapshot/reload.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { folderOf } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

const CONFIG = `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: store, secretAccessKey: store-secret-for-tests }
keys: { a: { file: a.key } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
`;
const bytes = (name: string): Buffer => createHash('sha256').update(`test key ${name}`).digest();

async function stand(t: Test) {
  const folder = await folderOf(t, { 'config.yaml': CONFIG, 'a.key': bytes('a') });
  const file = join(folder, 'config.yaml');
  const { snapshot } = await loadConfig(file);
  if (!snapshot) throw new Error('the config is good');
  const taken: Snapshot[] = [];
  const lines: { msg: string; level: number }[] = [];
  const log = makeLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const reload = reloader({ file, snapshot, proxy: { reload: (next) => void taken.push(next) }, log });
  const ended = (): number =>
    lines.filter(({ msg }) => /^reloaded|not taken$|not taken;|failed/.test(msg)).length;
  return {
    folder,
    file,
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
  const { file, taken, lines, done } = await stand(t);
  await writeFile(file, CONFIG.replace('bucket: vault', 'bucket: other'));
  await done();
  t.match(taken, [{ rules: { rules: [{ bucket: 'other' }] } }]);
  t.match(lines.at(-1), { msg: /^reloaded/ });
});

t.test('keeps the old one, and says why, when the new one is broken or gone', async (t) => {
  const { file, taken, lines, done } = await stand(t);
  await writeFile(file, CONFIG.replace('encrypt: [a]', 'encrypt: [b]'));
  await done();
  t.match(lines.slice(-2), [
    { msg: /unknown key "b"/, level: 50 },
    { msg: /was not taken; the config before it/, level: 50 },
  ]);
  await rm(file);
  await done();
  t.match(lines.at(-2), { msg: /no such file/ });
  t.same(taken, []);
});

t.test('keeps the old one when a key was edited in place, again and again', async (t) => {
  const { folder, taken, lines, done } = await stand(t);
  await writeFile(join(folder, 'a.key'), bytes('b'));
  for (const round of [1, 2]) {
    await done();
    t.match(lines.at(-2), { msg: /^keys\.a: its bytes changed/, level: 50 }, `round ${round}`);
  }
  t.same(taken, []);
  await writeFile(join(folder, 'a.key'), bytes('a'));
  await done();
  t.equal(taken.length, 1, 'with the old bytes back, it goes on');
});

t.test('takes one after the other when it is asked twice', async (t) => {
  const { taken, reload, done } = await stand(t);
  reload();
  await done();
  await eventually(() => taken.length === 2);
  t.equal(taken.length, 2);
});
