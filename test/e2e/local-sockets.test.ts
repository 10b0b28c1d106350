import { chmodSync, existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { startCrew } from '../workers/stand.ts';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from './process.ts';
import { eventually, httpStore } from './wire.ts';

const TEXT = 'stored';

async function statusAt(socketPath: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path: '/plain/k', agent: false }, (response) =>
      resolve(response.resume().statusCode),
    );
    request.on('error', reject);
  });
}

t.test('several workers serve a unix socket', async (t) => {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.end(TEXT));
  });
  const crew = await startCrew(t, store.port, {
    finish: (config, folder) =>
      config.replace(/^listen: .*$/m, `listen: [{ address: "unix:${folder}/s3.sock", auth: none }]`),
  });
  const path = join(crew.folder, 's3.sock');
  for (let count = 0; count < 6; count += 1) t.equal(await statusAt(path), 200);
  const workers = () =>
    new Set(crew.lines().flatMap(({ msg, worker }) => (msg === 'request' ? [worker] : [])));
  await eventually(() => workers().size === 2);
  crew.program.child.kill('SIGTERM');
  t.strictSame(await crew.program.exited, [0, null]);
  t.notOk(existsSync(path), 'the file goes with the process');
});

t.test('tells systemd when it serves and when it ends', async (t) => {
  const files = serveFiles(1);
  const notify = '#!/bin/sh\necho "$NOTIFY_SOCKET $* ${STORE_SECRET-no secret}" >> "$0.said"\n';
  const folder = await folderOf(t, { ...files, 'systemd-notify': notify });
  chmodSync(join(folder, 'systemd-notify'), 0o700);
  const said = () => {
    const path = join(folder, 'systemd-notify.said');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  };
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], {
    ...SERVE_ENV,
    PATH: `${folder}:${process.env.PATH}`,
    NOTIFY_SOCKET: '/run/of/systemd',
  });
  await program.until(/"msg":"serving"/);
  await eventually(() => said().length === 1);
  program.child.kill('SIGTERM');
  t.strictSame(await program.exited, [0, null]);
  await eventually(() => said().length === 2);
  t.strictSame(said(), [
    '/run/of/systemd --no-block --ready no secret',
    '/run/of/systemd --no-block STOPPING=1 no secret',
  ]);
});

t.test('without systemd-notify it serves, and says so', async (t) => {
  const folder = await folderOf(t, serveFiles(1));
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], {
    ...SERVE_ENV,
    PATH: folder,
    NOTIFY_SOCKET: '/run/of/systemd',
  });
  t.match(
    await program.until(/"msg":"systemd was not told: ready"/),
    /"cause":"spawn systemd-notify ENOENT"/,
  );
});

t.test('a listener of systemd without systemd does not start, and says why', async (t) => {
  const files = serveFiles(1);
  const config = String(files['config.yaml']).replace(
    /^listen: .*$/m,
    'listen: [{ address: "systemd:s3", insecure: true }]\nclients: [{ accessKeyId: a, secretAccessKey: { env: STORE_SECRET } }]',
  );
  const folder = await folderOf(t, { ...files, 'config.yaml': config });
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  t.strictSame(await program.exited, [1, null]);
  t.match(
    program.stdout(),
    /systemd has passed no sockets to this process, and the listener systemd:s3 needs one/,
  );
});
