import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { execStore } from '../../../src/keys/stores/exec.ts';
import { eventually } from '../../e2e/wire.ts';
import { isGone } from '../../support/is-gone.ts';

const STORE = join(import.meta.dirname, '../../../src/keys/stores/exec.ts');

/** Asks for a key while no descriptor is left, then with all of them. */
const STARVED = `
  import { closeSync, openSync } from 'node:fs';
  import { execStore } from ${JSON.stringify(STORE)};
  const ask = async () => (await execStore().fetch([{ argv: ['/bin/echo', 'key'], env: {}, timeout: 60_000 }]))[0];
  await ask();
  const held = [];
  try { for (;;) held.push(openSync('/dev/null')); } catch {}
  const starved = await ask();
  for (const fd of held) closeSync(fd);
  const { kind, bytes } = await ask();
  console.log(JSON.stringify({ starved, kind, text: String(bytes) }));
`;

t.test('a process without a descriptor left lives on, and its key store is away for a moment', async (t) => {
  const node = [process.execPath, '--input-type=module', '--eval', STARVED];
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 64 && exec "$0" "$@"', ...node]);
  t.match(JSON.parse(stdout), {
    starved: {
      kind: 'unavailable',
      message: '/bin/echo cannot be started: this process has no file descriptors',
    },
    kind: 'found',
    text: 'key\n',
  });
});

t.test('a command that the system does not take is a mistake of the config', async (t) => {
  const [answer] = await execStore().fetch([
    { argv: ['/bin/echo', 'a'.repeat(4 * 1024 * 1024)], env: {}, timeout: 60_000 },
  ]);
  t.match(answer, { kind: 'refused', message: '/bin/echo cannot be started: its arguments' });
});

t.test('a command that runs when the proxy ends is killed, and none is started after that', async (t) => {
  const ended = new AbortController();
  const file = join(t.testdir({}), 'pid');
  const argv = ['/bin/sh', '-c', `echo $$ > ${file}; exec sleep 600`] as const;
  const store = execStore(ended.signal);
  const asked = store.fetch([{ argv, env: {}, timeout: 600_000 }]);
  await eventually(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  ended.abort();
  const unavailable = [{ kind: 'unavailable', message: 'the proxy ends' }];
  t.same(await asked, unavailable);
  const pid = Number(readFileSync(file, 'utf8'));
  await eventually(() => isGone(pid));
  t.ok(isGone(pid), 'it is gone');
  t.same(await store.fetch([{ argv: ['/bin/true'], env: {}, timeout: 1000 }]), unavailable);
});
