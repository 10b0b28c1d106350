import { writeFileSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { readAgain } from '../../src/config/reads.ts';
import { readFromDisk } from '../../src/files.ts';
import { watchFiles } from '../../src/snapshot/watch.ts';
import { folderOf } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

/**
 * Watches these files; every change is told once and then watched on from. The tests write in one go: no two looks see
 * the same half.
 */
async function watching(t: Test, paths: readonly string[], readFile = readFromDisk) {
  const told: (readonly string[])[] = [];
  const watch = watchFiles({
    readFile,
    settle: 20,
    changed: (changed) => {
      void readAgain(paths, readFile).then((contents) => {
        watch.over(contents, 5);
        told.push(changed);
      });
    },
  });
  t.teardown(() => watch.stop());
  watch.over(await readAgain(paths, readFile), 5);
  return { told, watch };
}

t.test('notices a Secret of Kubernetes that is replaced', async (t) => {
  const folder = await folderOf(t, {});
  for (const [version, text] of Object.entries({ one: 'old', two: 'new' })) {
    await mkdir(join(folder, version));
    writeFileSync(join(folder, version, 'a.key'), text);
  }
  await symlink('one', join(folder, '..data'));
  await symlink('..data/a.key', join(folder, 'a.key'));
  const { told } = await watching(t, [join(folder, 'a.key')]);

  await symlink('two', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  await eventually(() => told.length > 0);
  t.same(told, [[join(folder, 'a.key')]]);
});

t.test('notices a file that goes, and one that comes back', async (t) => {
  const folder = await folderOf(t, { 'a.key': 'a', 'b.key': 'b' });
  const [a, b] = [join(folder, 'a.key'), join(folder, 'b.key')];
  const { told } = await watching(t, [a, b]);
  await rm(a);
  await eventually(() => told.length === 1);
  writeFileSync(a, 'a');
  await eventually(() => told.length === 2);
  t.same(told, [[a], [a]]);
});

t.test('ignores a file that is written again with the same content', async (t) => {
  const folder = await folderOf(t, { 'a.key': 'a' });
  const { told } = await watching(t, [join(folder, 'a.key')]);
  writeFileSync(join(folder, 'a.key'), 'a');
  await pause(80);
  t.same(told, []);
});

t.test('waits for a file that is still being written', async (t) => {
  let text = 'whole';
  let reads = 0;
  const growing = { on: false };
  const { told } = await watching(t, ['/a'], () => {
    reads += 1;
    if (growing.on) text += '.';
    return Promise.resolve({ bytes: Buffer.from(text), mode: 0o600, truncated: false });
  });
  growing.on = true;
  const begun = reads;
  await eventually(() => reads > begun + 4);
  t.same(told, [], 'each look found it longer');
  growing.on = false;
  await eventually(() => told.length === 1);
  t.same(told, [['/a']]);
});

t.test('a change that is undone before it counts is ignored', async (t) => {
  const texts = ['a', 'b', 'a'];
  const { told } = await watching(t, ['/a'], () =>
    Promise.resolve({ bytes: Buffer.from(texts.shift() ?? 'a'), mode: 0o600, truncated: false }),
  );
  await eventually(() => texts.length === 0);
  await pause(60);
  t.same(told, []);
});

t.test('pauses on request, and compares with the last contents that it got', async (t) => {
  const folder = await folderOf(t, { 'a.key': 'a' });
  const path = join(folder, 'a.key');
  const { told, watch } = await watching(t, [path]);
  watch.over(await readAgain([path], readFromDisk), undefined);
  writeFileSync(path, 'b');
  await pause(60);
  t.same(told, []);
  watch.over(await readAgain([path], readFromDisk), 5);
  await pause(60);
  t.same(told, [], 'it was told of b');
});
