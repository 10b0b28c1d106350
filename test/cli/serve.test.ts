import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { httpStore } from '../e2e/wire.ts';
import { fakeVault, vaultConfig } from '../keys/stores/fake-vault.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

t.test('without a config it says how it is called', async (t) => {
  for (const args of [[], ['a.yaml', 'b.yaml']]) {
    const { code, stderr } = await ran(commandLine('serve'), args);
    t.equal(code, 2);
    t.match(stderr, /^Usage: ssec-proxy serve \[options\] <config>/m);
  }
});

t.test('a config with errors is refused, each error with its place', async (t) => {
  const folder = await folderOf(t, { 'config.yaml': 'listen: []\nupstreem: {}\n' });
  const { exited, stdout } = runProgram(t, ['serve', join(folder, 'config.yaml')]);
  t.same(await exited, [1, null]);
  const lines = stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string });
  t.ok(lines.length > 2);
  t.ok(lines.some(({ level, msg }) => level === 'error' && /upstreem.*config\.yaml:2:1/.test(msg)));
  const last = lines.at(-1);
  t.match(last, { level: 'fatal', msg: /ssec-proxy check/ }, 'and says how to look again, after the errors');
});

t.test('ten thousand errors are all told, and the last line after them', async (t) => {
  const many = Array.from({ length: 10_000 }, (_, index) => `  - nonsense-that-is-long-${index}\n`);
  const folder = await folderOf(t, { 'config.yaml': `clients:\n${many.join('')}` });
  const { exited, stdout } = runProgram(t, ['serve', join(folder, 'config.yaml')]);
  t.same(await exited, [1, null]);
  const lines = stdout().trim().split('\n');
  t.ok(lines.length > 10_000, `${lines.length}`);
  t.match(JSON.parse(lines.at(-1) ?? ''), { level: 'fatal', msg: /ssec-proxy check/ });
});

t.test('says how to look again in words that a shell takes', async (t) => {
  const folder = await folderOf(t, { 'my config.yaml': 'listen: 1\n' });
  for (const [config, shown] of [
    ['-', 'ssec-proxy check -"'],
    [join(folder, 'my config.yaml'), `ssec-proxy check '${join(folder, 'my config.yaml')}'"`],
  ] as const) {
    const { stdout, status } = spawnSync(process.execPath, [MAIN, 'serve', config], {
      encoding: 'utf8',
      input: 'listen: 1\n',
    });
    t.equal(status, 1);
    const { msg } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { msg: string };
    t.ok(msg.endsWith(shown), msg);
  }
});

t.test('a secret that is not there is refused', async (t) => {
  const folder = await folderOf(t, serveFiles(1));
  const { exited, stdout } = runProgram(t, ['serve', join(folder, 'config.yaml')], { STORE_SECRET: '' });
  t.same(await exited, [1, null]);
  t.match(stdout(), /upstream\.credentials\.secretAccessKey\.env: the secret is empty/);
});

t.test('a port that is taken ends it', async (t) => {
  const { port } = await httpStore(t, (_request, response) => response.end());
  const folder = await folderOf(t, serveFiles(1, port));
  const { exited, stdout } = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  t.same(await exited, [1, null]);
  t.match(stdout(), /"level":"fatal"[\s\S]*EADDRINUSE/);
  t.notMatch(stdout(), SERVE_ENV.STORE_SECRET);
});

t.test('what cannot start ends the token that it got from a vault', async (t) => {
  const { port } = await httpStore(t, (_request, response) => response.end());
  const taken = `[{ address: "127.0.0.1:${port}", auth: none }]`;
  const missing = '[{ address: "127.0.0.1:0", auth: none, tls: { cert: none.pem, key: none.pem } }]';
  for (const [what, listen] of Object.entries({ taken, missing })) {
    const folder = await folderOf(t, {});
    const vault = await fakeVault(t, folder);
    vault.value = createHash('sha256').update('a key').digest('hex');
    const config = join(folder, 'config.yaml');
    await writeFile(config, `listen: ${listen}\n${WITH_VAULT}${vaultConfig(vault)}`);
    const env = { ...SERVE_ENV, ROLE_ID: 'role', SECRET_ID: 'secret-id-hunter2' };
    t.same(await runProgram(t, ['serve', config], env).exited, [1, null], what);
    t.ok(
      vault.asked.some(({ path }) => path.endsWith('/login')),
      `${what}: it logged in`,
    );
    t.same([...vault.tokens], [], `${what}: and out`);
  }
});

const WITH_VAULT = `admin: off
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: store, secretAccessKey: { env: STORE_SECRET } }
keys: { a: { vault: { server: main, path: ssec }, format: hex } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
`;
