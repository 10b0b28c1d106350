import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { execStore } from '../../../src/keys/stores/exec.ts';

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
