import net from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, type Program, runProgram, SERVE_ENV, serveFiles } from './e2e/process.ts';
import { eventually, exchangeOf, httpStore, RawClient } from './e2e/wire.ts';

interface Serving extends Program {
  readonly port: number;
  readonly adminPort: number;
}

async function serve(t: Parameters<typeof runProgram>[0], storePort: number): Promise<Serving> {
  const folder = await folderOf(t, serveFiles(storePort));
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  const log = await program.until(/"msg":"serving"/);
  const line = log.split('\n').find((text) => text.includes('"serving"')) ?? '{}';
  const { listen, admin } = JSON.parse(line) as { listen?: string[]; admin?: number };
  return { ...program, port: Number(new URL(listen?.[0] ?? 'http://nowhere').port), adminPort: admin ?? 0 };
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

t.test('SIGTERM lets a download finish, takes nothing new, and ends with 0', async (t) => {
  let finish: (() => void) | undefined;
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 8 }).write('half');
    finish = () => response.end('done');
  });
  const { child, port, adminPort, stdout, stderr, exited } = await serve(t, store.port);
  const ready = ['GET /readyz HTTP/1.1'];
  t.match(await exchangeOf(t, adminPort, ready), /^HTTP\/1\.1 200 /);
  const download = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
  await download.until(/half/);

  child.kill('SIGTERM');
  await eventually(() => stdout().includes('"draining"'));
  t.match(await exchangeOf(t, adminPort, ready), /^HTTP\/1\.1 503 [\s\S]*draining/);
  t.match(await exchangeOf(t, adminPort, ['GET /healthz HTTP/1.1']), /^HTTP\/1\.1 200 /);
  t.equal(await connects(port), false, 'new connections are refused');
  t.equal(download.socket.destroyed, false);

  finish?.();
  await download.until(/halfdone$/);
  t.match(download.received, /^HTTP\/1\.1 200 [\s\S]*halfdone$/);
  t.same(await exited, [0, null]);
  t.match(stdout(), /"msg":"stopped"/);
  t.equal(stderr(), '', 'and no warning of Node was printed');
});

t.test('a second signal ends it at once', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 8 }).write('half');
  });
  const { child, port, stdout, exited } = await serve(t, store.port);
  const download = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
  await download.until(/half/);
  child.kill('SIGINT');
  await eventually(() => stdout().includes('"draining"'));
  child.kill('SIGINT');
  t.same(await exited, [130, null]);
});
