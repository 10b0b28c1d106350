import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';

const ROOT = join(import.meta.dirname, '../..');
/** What a file does to its group: each is followed by one that is fine. */
const FILES = {
  fine: `t.test('passes', async (t) => { await new Promise((resolve) => setTimeout(resolve, 200)); t.ok(true); });`,
  throws: `t.test('registered before', async (t) => t.ok(true)); throw new Error('at import');`,
  'not-there': `await import('./nowhere.ts');`,
  hangs: `t.test('outer', async (t) => { await t.test('inner', () => new Promise(() => {})); });
    t.test('hangs too', () => new Promise(() => {}));`,
  'hangs-at-import': `await new Promise(() => {});`,
  'throws-late': `t.test('ends before', async () => { setTimeout(() => { throw new Error('too late'); }, 50); });`,
  exits: `t.test('ends the process', async () => { process.exit(0); });`,
  'exits-at-import': `process.exit(0);`,
  empty: `export const nothing = t.name;`,
  killed: `t.test('is killed', async () => { process.kill(process.pid, 'SIGKILL'); });`,
  blocks: `t.test('never yields', async () => { for (;;); });`,
};
type Name = keyof typeof FILES;
/** Long enough for the files that are fine, on a busy machine. */
const BOUND_MS = 8000;

t.jobs = 3;

t.test('a file that throws when it is imported is its own failure', async (t) => {
  const { output, code } = await run(t, ['throws', 'not-there', 'fine']);
  t.equal(code, 1);
  t.match(output, /not ok 1 - [^ ]*throws\.test\.ts/);
  t.match(output, /at import/);
  t.match(output, /not ok 2 - [^ ]*not-there\.test\.ts/);
  t.match(output, /^ok 3 - [^ ]*fine\.test\.ts/m);
});

t.test('a file that hangs is named with the test that hangs', async (t) => {
  const { output, code } = await run(t, ['hangs', 'fine']);
  t.equal(code, 1);
  t.match(output, /not ok \d - timeout!\n(.*\n)*? +not ok \d - inner/);
  t.match(output, /not ok 1 - [^ ]*hangs\.test\.ts/);
  t.match(output, /^ok 2 - [^ ]*fine\.test\.ts/m);
});

t.test('a file that hangs when it is imported is named', async (t) => {
  const { output, code } = await run(t, ['hangs-at-import', 'fine']);
  t.equal(code, 1);
  t.match(output, /not ok \d - timeout!/);
  t.match(output, /not ok 1 - [^ ]*hangs-at-import\.test\.ts/);
  t.match(output, /^ok 2 - [^ ]*fine\.test\.ts/m);
});

t.test('what a file throws after its tests is a failure, and the next file runs to its end', async (t) => {
  const { output, code } = await run(t, ['throws-late', 'fine']);
  t.equal(code, 1);
  t.match(output, /not ok \d - thrown after its test had ended: too late/);
  t.match(output, /throws-late\.test\.ts/);
  t.match(output, /^ok \d - [^ ]*fine\.test\.ts/m);
});

t.test('a file that ends the process is its own failure, and the next one runs', async (t) => {
  const { output, code } = await run(t, ['exits', 'exits-at-import', 'fine']);
  t.equal(code, 1);
  t.match(output, /exits\.test\.ts calls process\.exit\(0\)/);
  t.match(output, /exits-at-import\.test\.ts calls process\.exit\(0\)/);
  t.match(output, /^ok 3 - [^ ]*fine\.test\.ts/m);
});

t.test('a file without a test is a failure', async (t) => {
  const { output, code } = await run(t, ['empty', 'fine']);
  t.equal(code, 1);
  t.match(output, /not ok \d - [^ ]*empty\.test\.ts has no test/);
  t.match(output, /^ok \d - [^ ]*fine\.test\.ts/m);
});

t.test('a file that never yields is named before its process is killed', async (t) => {
  const { output, signal } = await run(t, ['blocks', 'fine']);
  t.equal(signal, 'SIGKILL');
  t.match(output, /^not ok - [^ ]*blocks\.test\.ts has blocked its process for 10 s/m);
});

t.test('a file whose process is killed from outside is named', async (t) => {
  const { output, signal } = await run(t, ['fine', 'killed', 'fine']);
  t.equal(signal, 'SIGKILL');
  t.match(output, /^ok 1 - [^ ]*fine\.test\.ts/m);
  t.match(output, /^not ok - the process was killed while [^ ]*killed\.test\.ts ran/m);
});

async function run(t: Test, names: Name[]) {
  const dir = t.testdir(
    Object.fromEntries(names.map((name) => [`${name}.test.ts`, `import t from 'tap';\n${FILES[name]}\n`])),
  );
  const files = names.map((name) => relative(ROOT, join(dir, `${name}.test.ts`)));
  const groups = pathToFileURL(join(import.meta.dirname, 'groups.ts')).href;
  const script = `import { runFiles } from '${groups}'; await runFiles(${JSON.stringify(files)}, ${BOUND_MS});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name))),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const output = await text(child.stdout);
  return { output, ...(await ended) };
}
