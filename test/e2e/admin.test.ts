import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { folderOf, type Program, runProgram, SERVE_ENV, serveFiles } from './process.ts';

async function serveWith(t: Test, admin: string): Promise<Program> {
  const folder = await folderOf(t, serveFiles(9));
  const file = join(folder, 'config.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('admin: { address: "127.0.0.1:0" }', `admin: ${admin}`));
  return runProgram(t, ['serve', file], SERVE_ENV);
}

for (const workers of ['', '\nworkers: 2'])
  t.test(
    `says which field it is when the port of the admin address is taken${workers && ', with workers too'}`,
    async (t) => {
      const other = net.createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      t.teardown(() => other.close());
      const { port } = other.address() as AddressInfo;
      const program = await serveWith(t, `{ address: "127.0.0.1:${port}" }${workers}`);
      t.strictSame(await program.exited, [1, null]);
      t.match(program.stdout(), `admin.address: can't listen at 127.0.0.1:${port}: another program`);
      t.match(program.stdout(), "the admin address can't be opened");
      t.match(program.stdout(), 'or set admin: off');
    },
  );

t.test('serves without an admin address', async (t) => {
  const program = await serveWith(t, 'off');
  const said = await program.until(/"msg":"serving"/);
  t.match(said, '"msg":"serving"');
  t.notMatch(said, '"admin":');
  program.child.kill('SIGTERM');
  t.strictSame(await program.exited, [0, null]);
});
