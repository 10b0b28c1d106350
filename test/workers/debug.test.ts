import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';

const TOKEN = 'token-for-tests-of-admin';

t.test(
  'each of several workers can be asked for its profile and its memory, and so can their master',
  async (t) => {
    const folder = await folderOf(t, serveFiles(9));
    const file = join(folder, 'config.yaml');
    const config = (await readFile(file, 'utf8')).replace(
      'admin: { address: "127.0.0.1:0" }',
      'admin: { address: "127.0.0.1:0", token: { env: ADMIN_TOKEN }, debug: true }\nworkers: 2',
    );
    await writeFile(file, config);
    const program = runProgram(t, ['serve', file], { ...SERVE_ENV, ADMIN_TOKEN: TOKEN });
    const [, port] = /"admin":(\d+)/.exec(await program.until(/"msg":"serving"/)) ?? [];
    const ask = async (
      path: string,
      method: string,
      authorization = `Bearer ${TOKEN}`,
    ): Promise<[number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization } });
      return [answer.status, await answer.text()];
    };
    const pids = await Promise.all(
      ['', '?worker=1', '?worker=2'].map(async (query) => {
        const [status, text] = await ask(`/debug/heap${query}`, 'GET');
        t.equal(status, 200, query);
        return (JSON.parse(text) as { pid: number }).pid;
      }),
    );
    t.equal(new Set(pids).size, 3, 'three processes');
    t.equal(pids[0], program.child.pid);
    const [[status, text]] = await Promise.all([
      ask('/debug/profile?seconds=1&worker=2', 'POST'),
      ask('/debug/profile?seconds=1&worker=1', 'POST'),
    ]);
    t.equal(status, 200);
    t.match(JSON.parse(text), { nodes: Array, samples: Array });
    t.equal((await ask('/debug/profile?seconds=1&worker=3', 'POST'))[0], 404);
    t.equal((await ask('/debug/heap?worker=1', 'GET', 'Bearer no'))[0], 401);
    program.child.kill('SIGTERM');
    t.strictSame(await program.exited, [0, null]);
    t.notMatch(program.stdout(), TOKEN);
  },
);
