import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { AdminSettings } from '../../src/admin/access.ts';
import { startAdmin } from '../../src/admin/admin.ts';
import { healthRoutes } from '../../src/admin/health-routes.ts';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type HealthcheckAsked, healthcheck } from '../../src/cli/healthcheck.ts';
import { Secret } from '../../src/secret.ts';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { httpStore, socketStore } from '../e2e/wire.ts';
import { commandLine } from '../support/command.ts';
import { type Ran, ran } from '../support/io.ts';

/** The command on a config of these sections. */
async function check(t: Test, config: string, args: readonly string[] = [], limitMs?: number): Promise<Ran> {
  const folder = await folderOf(t, { 'c.yaml': config });
  const action = (asked: HealthcheckAsked, io: Parameters<typeof healthcheck>[1]): Promise<number> =>
    healthcheck(asked, io, limitMs);
  return ran(commandLine('healthcheck', action), [join(folder, 'c.yaml'), ...args]);
}

async function adminPort(
  t: Test,
  settings: Partial<AdminSettings> = {},
  troubles: () => { notReady?: string } = () => ({}),
): Promise<number> {
  const health = { troubles, metrics: () => Promise.resolve(''), parts: () => Promise.resolve([]) };
  const admin = await startAdmin({ host: '127.0.0.1', port: 0, ...settings }, healthRoutes(health));
  t.teardown(() => admin.close());
  return admin.port;
}

t.test('asks whether the proxy lives, or with --ready whether it wants requests', async (t) => {
  const port = await adminPort(t, {}, () => ({ notReady: 'draining' }));
  const config = `admin: { address: "0.0.0.0:${port}" }`;
  t.strictSame(await check(t, config), { code: 0, stdout: 'ok\n', stderr: '' });
  t.strictSame(await check(t, config, ['--ready']), { code: 1, stdout: '', stderr: 'draining\n' });
});

t.test(
  'needs no token, no certificate and no file of the config at an address that asks for them',
  async (t) => {
    const now = new Date();
    const { ca, cert, key } = await makeCertificates({ names: ['elsewhere.test'], addresses: [], now });
    const port = await adminPort(t, { tls: { cert, key, clientCa: ca }, token: new Secret('x'.repeat(16)) });
    const tls = 'tls: { cert: /none/cert, key: /none/key, clientCa: /none/ca }, token: { file: /none/token }';
    const config = `admin: { address: "127.0.0.1:${port}", ${tls} }\nupstream: { endpoint: 7 }`;
    t.strictSame(await check(t, config, ['--ready']), { code: 0, stdout: 'ready\n', stderr: '' });
  },
);

t.test('fails when nobody answers, nobody answers in time, or something else does', async (t) => {
  const at = (port: number): string => `admin: { address: "127.0.0.1:${port}" }`;
  const gone = await check(t, at(1));
  t.strictSame(gone, { code: 1, stdout: '', stderr: '127.0.0.1:1 does not answer: ECONNREFUSED\n' });
  const mute = await socketStore(t, () => undefined);
  t.match(await check(t, at(mute.port), [], 50), {
    code: 1,
    stderr: /does not answer: nothing within 0\.05 s/,
  });
  const halfway = await socketStore(t, (socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'),
  );
  t.match(await check(t, at(halfway.port), [], 200), { code: 1, stderr: /nothing within 0\.2 s/ });
  const endless = await httpStore(t, (_request, response) => {
    response.writeHead(404).write(`\x1b[2J${'x'.repeat(100_000)}`);
  });
  const other = await check(t, at(endless.port));
  t.equal(other.code, 1);
  t.match(other.stderr, /^\?\[2Jx{1000,4096}\n$/, 'one line of bounded length, without control characters');
});

t.test('says what is wrong with a config that it can’t read', async (t) => {
  t.match(await check(t, 'admin: ['), { code: 1, stderr: /c\.yaml:\d+:\d+/ });
  t.match(await ran(commandLine('healthcheck'), ['/none/c.yaml']), {
    code: 1,
    stderr: /^the config cannot be read: no such file/,
  });
});

t.test('with admin: off, a listener that takes a connection is enough, and leaves no warning', async (t) => {
  const folder = await folderOf(t, { 'test.key': serveFiles(1)['test.key'] ?? '' });
  const text = String(serveFiles(1)['config.yaml'])
    .replace('127.0.0.1:0", auth', `unix:${join(folder, 's3.sock')}", auth`)
    .replace(/^admin: .*$/m, 'admin: off');
  await writeFile(join(folder, 'config.yaml'), text);
  t.match(await check(t, text), { code: 1, stderr: /unix:.*s3\.sock takes no connection: ENOENT/ });
  t.match(await check(t, text, ['--ready']), { code: 1, stderr: /set admin\.address/ });

  const proxy = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  const start = await proxy.until(/"msg":"serving"/);
  t.match(await check(t, text), { code: 0, stdout: /unix:.*s3\.sock takes connections/ });
  proxy.child.kill('SIGTERM');
  t.strictSame(await proxy.exited, [0, null]);
  t.notMatch(proxy.stdout().slice(start.length), /"level":"(?:warn|error)"/);
});
