import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { writeDraft, writeWhole } from '../../src/cli/write-whole.ts';

t.test('a file is new or replaced, and no draft is left', async (t) => {
  const folder = t.testdir({ old: 'old' });
  for (const name of ['old', 'new']) {
    await writeWhole(join(folder, name), 'whole');
    t.equal(readFileSync(join(folder, name), 'utf8'), 'whole');
  }
  t.same(readdirSync(folder).toSorted(), ['new', 'old']);
});

t.test('links stay, and the last file that they lead to is written', async (t) => {
  const folder = t.testdir({ far: { target: 'old' } });
  symlinkSync('far/target', join(folder, 'one'));
  symlinkSync('one', join(folder, 'two'));
  await writeWhole(join(folder, 'two'), 'whole');
  for (const name of ['one', 'two']) t.ok(lstatSync(join(folder, name)).isSymbolicLink());
  t.equal(readFileSync(join(folder, 'far/target'), 'utf8'), 'whole');
});

t.test('a pipe is written to, by itself or behind a link', async (t) => {
  const folder = t.testdir({});
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  symlinkSync('pipe', join(folder, 'link'));
  for (const name of ['pipe', 'link']) {
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeWhole(join(folder, name), 'whole')]);
    t.equal(read, 'whole');
    t.ok(lstatSync(pipe).isFIFO());
  }
});

t.test('the output of the process itself keeps what is printed before and after', (t) => {
  const url = new URL('../../src/cli/write-whole.ts', import.meta.url).href;
  const code = `const { writeWhole } = await import(${JSON.stringify(url)});
    console.log('before'); await writeWhole('out', 'whole\\n'); console.log('after');`;
  const folder = t.testdir({});
  const shell = '"$0" --input-type=module -e "$1" >>out';
  const { status } = spawnSync('bash', ['-c', shell, process.execPath, code], { cwd: folder });
  t.equal(status, 0);
  t.equal(readFileSync(join(folder, 'out'), 'utf8'), 'before\nwhole\nafter\n');
  t.end();
});

t.test('a folder and a link to nothing are refused', async (t) => {
  const folder = t.testdir({ folder: {} });
  symlinkSync('none', join(folder, 'link'));
  await t.rejects(writeWhole(join(folder, 'folder'), ''), { code: 'EISDIR' });
  await t.rejects(writeWhole(join(folder, 'link'), ''), { code: 'DANGLING_LINK' });
  t.same(readdirSync(folder).toSorted(), ['folder', 'link']);
});

t.test('what was placed can be undone: the old file is back, or none', async (t) => {
  const folder = t.testdir({ old: 'old' });
  for (const name of ['old', 'new']) {
    const draft = await writeDraft(join(folder, name), 'whole');
    await draft.place('replacement');
    t.equal(readFileSync(join(folder, name), 'utf8'), 'whole');
    await draft.undo();
    await draft.discard();
  }
  t.same(readdirSync(folder), ['old']);
  t.equal(readFileSync(join(folder, 'old'), 'utf8'), 'old');
});
