import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { until } from '../workers/stand.ts';
import { folderOf, type Program, runProgram, SERVE_ENV, serveFiles } from './process.ts';
import { eventually, httpStore } from './wire.ts';

type Line = Readonly<Record<string, unknown>>;

interface Stand {
  readonly program: Program;
  readonly url: string;
  readonly folder: string;
  /** Requests that went to the store. */
  readonly requests: readonly unknown[];
  lines(name?: string): readonly Line[];
}

async function stand(t: Test, audit: string, more = ''): Promise<Stand> {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.end(request.method === 'GET' ? 'ok' : ''));
  });
  const files = serveFiles(store.port);
  const folder = await folderOf(t, files);
  const config = `${String(files['config.yaml']).replace('rules: [', 'rules: [{ match: { bucket: plain }, encrypt: off }, ')}
audit: ${audit.replaceAll('FOLDER', folder)}
${more}`;
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'config.yaml'), config, { mode: 0o600 });
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  const said = await program.until(/"msg":"serving"/);
  const url = /"listen":\["([^"]+)"/.exec(said)?.[1] ?? '';
  return {
    program,
    url,
    folder,
    requests: store.requests,
    lines: (name = 'audit.log') => {
      const path = join(folder, name);
      if (!existsSync(path)) return [];
      const texts = readFileSync(path, 'utf8').split('\n');
      return texts.slice(0, -1).map((text) => JSON.parse(text) as Line);
    },
  };
}

async function stop({ program }: Stand): Promise<void> {
  program.child.kill('SIGTERM');
  t.same(await program.exited, [0, null]);
}

const TO_FILE = '{ to: FOLDER/audit.log, onFailure: refuse }';

t.test(
  'the audit log says who did what with which key, and what was administered, in an unbroken order',
  async (t) => {
    const one = await stand(t, TO_FILE);
    await fetch(`${one.url}/secret/a`, { method: 'PUT', body: 'content' });
    await fetch(`${one.url}/elsewhere/a`);
    one.program.child.kill('SIGHUP');
    await one.program.until(/"reloaded"/);
    await stop(one);
    const lines = one.lines();
    t.same(
      lines.map(({ seq }) => seq),
      lines.map((_, index) => index + 1),
    );
    t.same(
      lines.map(({ event }) => event),
      ['opened', 'started', 'request', 'request', 'reloaded', 'draining', 'stopped'],
    );
    t.match(lines[2], {
      op: 'PutObject',
      bucket: 'secret',
      objectKey: 'a',
      client: 'anyone on this listener',
      ssecKeyId: 'test',
      status: 200,
      outcome: 'served',
      remote: '127.0.0.1',
      bytesIn: 7,
    });
    t.match(lines[3], { outcome: 'refused', code: 'AccessDenied', cause: /no rule matches/ });
    t.notMatch(JSON.stringify(lines), /store-secret-for-tests/);
  },
);

t.test('a file that was rotated is opened again at SIGUSR2, and no line is missing', async (t) => {
  const one = await stand(t, TO_FILE);
  const ask = async (): Promise<void> => void (await (await fetch(`${one.url}/plain/a`)).text());
  for (let round = 0; round < 5; round += 1) await ask();
  renameSync(join(one.folder, 'audit.log'), join(one.folder, 'audit.log.1'));
  await ask();
  one.program.child.kill('SIGUSR2');
  await one.program.until(/opened again/);
  for (let round = 0; round < 5; round += 1) await ask();
  await stop(one);
  const all = [...one.lines('audit.log.1'), ...one.lines()];
  t.same(
    all.map(({ seq }) => seq),
    all.map((_, index) => index + 1),
  );
  t.equal(all.filter(({ event }) => event === 'request').length, 11);
  t.ok(one.lines().length >= 6, 'the new file has what came after the signal');
});

t.test(
  'a file that cannot be opened again is told of, and nothing is served into a removed one',
  async (t) => {
    const one = await stand(t, TO_FILE);
    const admin = `http://127.0.0.1:${/"admin":(\d+)/.exec(one.program.stdout())?.[1] ?? ''}`;
    const told = async (): Promise<string> => await (await fetch(`${admin}/readyz?verbose`)).text();
    const ask = async (): Promise<number> => (await fetch(`${one.url}/plain/a`)).status;
    renameSync(join(one.folder, 'audit.log'), join(one.folder, 'audit.log.1'));
    mkdirSync(join(one.folder, 'audit.log'));
    one.program.child.kill('SIGUSR2');
    await one.program.until(/can't be opened again/);
    t.match(
      await told(),
      /^ready; degraded: the audit log: it can't be opened again: .*\n[\s\S]*^degraded audit: .*lines go on/m,
    );
    t.match(await (await fetch(`${admin}/metrics`)).text(), /^ssec_proxy_audit_failing 1$/m);
    t.equal(await ask(), 200, 'the old file has a name');
    rmSync(join(one.folder, 'audit.log.1'));
    await until(async () => (await told()).includes('are lost'));
    t.equal(await ask(), 503);
    rmdirSync(join(one.folder, 'audit.log'));
    await until(async () => (await ask()) === 200);
    t.match(await told(), /^ready\n[\s\S]*^ok audit: It is written\.$/m, 'by itself');
    await stop(one);
    t.match(one.lines()[0], { event: 'reopened' });
  },
);

t.test('workers number their own lines, and all of them open the file again', async (t) => {
  const one = await stand(t, TO_FILE, 'workers: 2\n');
  await fetch(`${one.url}/plain/a`);
  renameSync(join(one.folder, 'audit.log'), join(one.folder, 'audit.log.1'));
  one.program.child.kill('SIGUSR2');
  await eventually(() => one.lines().filter(({ event }) => event === 'reopened').length === 3);
  await fetch(`${one.url}/plain/b`);
  await stop(one);
  const all = [...one.lines('audit.log.1'), ...one.lines()];
  for (const worker of [0, 1, 2]) {
    const own = all.filter((line) => line['worker'] === worker);
    t.same(
      own.map(({ seq }) => seq),
      own.map((_, index) => index + 1),
      `worker ${worker}`,
    );
  }
  t.equal(all.filter(({ event }) => event === 'request').length, 2);
});

const FULL = { skip: !existsSync('/dev/full') && 'there is no /dev/full here' };

t.test('while the disk is full nothing goes to a store, where the config says so', FULL, async (t) => {
  const one = await stand(t, '{ to: /dev/full, onFailure: refuse }');
  const answer = await fetch(`${one.url}/secret/a`, { method: 'PUT', body: 'content' });
  t.equal(answer.status, 503);
  t.match(await answer.text(), '<Code>ServiceUnavailable<');
  t.same(one.requests, []);
  await one.program.until(/"cause":"the audit log can't be written, and audit.onFailure: refuse"/);
  t.match(await one.program.until(/all requests are refused/), /all requests are refused/);
  const admin = /"admin":(\d+)/.exec(one.program.stdout())?.[1] ?? '';
  t.match(
    await (await fetch(`http://127.0.0.1:${admin}/readyz`)).text(),
    /audit log can't be written: no space left/,
  );
  await stop(one);
});

t.test('while the disk is full requests are served, where the config says that', FULL, async (t) => {
  const one = await stand(t, '{ to: /dev/full, onFailure: serve }');
  t.equal((await fetch(`${one.url}/plain/a`)).status, 200);
  t.equal(one.requests.length, 1);
  const said = await one.program.until(/requests are served without it/);
  t.match(said, /requests are served without it/);
  await stop(one);
});

t.test('a file that cannot be opened ends the start', async (t) => {
  const folder = await folderOf(t, serveFiles(1));
  const { appendFile } = await import('node:fs/promises');
  await appendFile(join(folder, 'config.yaml'), '\naudit: { to: /nowhere/at/all/audit.log }\n');
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  t.same(await program.exited, [1, null]);
  t.match(program.stdout(), /audit log can't be opened: audit.to: \/nowhere/);
});

t.test('lines of requests that were served wait when the reader is gone, and none is dropped', async (t) => {
  const one = await stand(t, '{ to: stdout, onFailure: refuse }');
  const admin = `http://127.0.0.1:${/"admin":(\d+)/.exec(one.program.stdout())?.[1] ?? ''}`;
  one.program.child.stdout?.destroy();
  const statuses: number[] = [];
  await until(
    async () => statuses.push((await fetch(`${one.url}/plain/a`)).status) > 0 && statuses.at(-1) === 503,
  );
  t.ok(statuses.slice(0, -1).every((status) => status === 200));
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  t.match(metrics, /^ssec_proxy_audit_lines_dropped_total 0$/m);
  t.match(metrics, /^ssec_proxy_audit_waiting_bytes [1-9]/m);
  t.match(await (await fetch(`${admin}/readyz?verbose`)).text(), /^degraded audit: .*its reader is gone\.$/m);
});
