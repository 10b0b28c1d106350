import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { eventually, httpStore } from '../e2e/wire.ts';
import { freePort } from '../matrix/stores/free-port.ts';

/* By systemd's own programs; systemd itself need not run. */

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const UNITS = join(import.meta.dirname, '../../deploy/systemd');

t.test('the units are as systemd wants them', async (t) => {
  const folder = await folderOf(t, { 'main.js': '' });
  for (const name of readdirSync(UNITS)) {
    const text = readFileSync(join(UNITS, name), 'utf8')
      .replace('/usr/bin/node', process.execPath)
      .replace('/opt/ssec-proxy/dist/main.js', join(folder, 'main.js'));
    writeFileSync(join(folder, name), text);
  }
  const units = readdirSync(UNITS).map((name) => join(folder, name));
  const said = execFileSync('systemd-analyze', ['verify', '--man=no', ...units], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.equal(said, '');
  const service = join(folder, 'ssec-proxy.service');
  const exposure = execFileSync(
    'systemd-analyze',
    ['security', '--offline=true', '--threshold=20', service],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  t.match(exposure, /Overall exposure level/);
});

/** The program behind systemd-socket-activate, which listens and starts it with the first connection. */
async function activated(t: Test, listen: string, workers: number) {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.end('stored'));
  });
  const files = serveFiles(store.port);
  const config = String(files['config.yaml'])
    .replace(
      /^listen: .*$/m,
      `workers: ${workers}
listen: [{ address: "systemd:s3", insecure: true }]
clients: [{ anonymous: true, allow: [{ bucket: plain }] }, { accessKeyId: a, secretAccessKey: { env: STORE_SECRET } }]`,
    )
    .replace('rules: [', 'rules: [{ match: { bucket: plain }, encrypt: off }, ');
  const folder = await folderOf(t, { ...files, 'config.yaml': config });
  const args = [
    '-l',
    listen.replace('FOLDER', folder),
    '--fdname=s3',
    '-E',
    'STORE_SECRET',
    '-E',
    'NODE_COMPILE_CACHE',
  ];
  const child = spawn(
    'systemd-socket-activate',
    [...args, process.execPath, MAIN, 'serve', join(folder, 'config.yaml')],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...SERVE_ENV } },
  );
  t.teardown(() => child.kill('SIGKILL'));
  let log = '';
  child.stdout.on('data', (bytes: Buffer) => (log += bytes.toString()));
  return { folder, child, log: () => log };
}

for (const workers of [1, 2])
  for (const listen of ['a port', 'FOLDER/s3.sock'])
    t.test(`serves the socket that systemd opens: ${listen}, by ${workers} processes`, async (t) => {
      const port = Number(await freePort());
      const { folder, child, log } = await activated(
        t,
        listen === 'a port' ? `127.0.0.1:${port}` : listen,
        workers,
      );
      const where =
        listen === 'a port' ? { port, host: '127.0.0.1' } : { socketPath: join(folder, 's3.sock') };
      const status = () =>
        new Promise<number | string | undefined>((resolve) => {
          http
            .get({ ...where, path: '/plain/k', agent: false }, (response) =>
              resolve(response.resume().statusCode),
            )
            .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
        });
      let first = await status();
      for (; first === 'ECONNREFUSED' || first === 'ENOENT'; first = await status()) await pause(20);
      t.equal(first, 200, 'the connection that started it');
      t.equal(await status(), 200, log());
      t.match(log(), /"listen":\["systemd:s3"\]/);
      child.kill('SIGTERM');
      t.strictSame(await once(child, 'exit'), [0, null], log());
    });

t.test('systemd hears when it serves', async (t) => {
  const folder = await folderOf(t, serveFiles(1));
  const path = join(folder, 'notify.sock');
  const receiver = spawn(
    'python3',
    [
      '-u',
      '-c',
      'import socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("bound")\nwhile True: print(s.recv(4096).decode())',
      path,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.teardown(() => receiver.kill('SIGKILL'));
  let heard = '';
  receiver.stdout.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  await eventually(() => heard.includes('bound'));
  const child = spawn(process.execPath, [MAIN, 'serve', join(folder, 'config.yaml')], {
    stdio: 'ignore',
    env: { ...process.env, ...SERVE_ENV, NOTIFY_SOCKET: path },
  });
  t.teardown(() => child.kill('SIGKILL'));
  await eventually(() => heard.includes('READY=1'));
  child.kill('SIGTERM');
  await eventually(() => heard.includes('STOPPING=1'));
});
