import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { httpStore } from '../e2e/wire.ts';
import { type Crew, connection, startCrew, toBoth, until } from './stand.ts';

const keyOf = (name: string) => createHash('sha256').update(`test key ${name}`).digest('hex');

const plainStore = (test: Test) => httpStore(test, (_request, response) => void response.end('ok'));

async function edit(crew: Crew, change: (config: string) => string): Promise<void> {
  const path = join(crew.folder, 'config.yaml');
  await writeFile(path, change(await readFile(path, 'utf8')));
}

async function hangUp(crew: Crew, outcome: RegExp): Promise<void> {
  const before = crew.lines().length;
  crew.program.child.kill('SIGHUP');
  await until(() =>
    crew
      .lines()
      .slice(before)
      .some(({ msg = '' }) => outcome.test(msg)),
  );
}

t.test('all workers take a reload, and none takes a config with an error', async (t) => {
  const crew = await startCrew(t, (await plainStore(t)).port);
  const { one, two } = await toBoth(t, crew);
  const statuses = async (path: string) => [(await one('GET', path)).status, (await two('GET', path)).status];
  t.strictSame(await statuses('/other/a'), [403, 403]);
  await edit(crew, (config) => config.replace('bucket: plain', 'bucket: "*"'));
  await hangUp(crew, /^reloaded$/);
  t.strictSame(await statuses('/other/a'), [200, 200]);
  await edit(crew, (config) => `${config}nonsense: 1\n`);
  await hangUp(crew, /was not loaded/);
  t.strictSame(await statuses('/other/a'), [200, 200]);
  t.equal(await crew.metric('ssec_proxy_config_reloads_total{result="success"}'), 1, 'one, not one a worker');
  t.equal(await crew.metric('ssec_proxy_config_reloads_total{result="failure"}'), 1);
  t.equal(await crew.metric('ssec_proxy_config_last_reload_successful'), 0);

  process.kill(crew.workers().get(1) ?? 0, 'SIGKILL');
  await until(async () => /worker 1: exit code 1/.test(await crew.admin('readyz')));
  t.match(await crew.admin('readyz'), /^ready; degraded: not all workers serve: worker 1/);
  t.match(
    crew.lines().find(({ msg, worker }) => worker === 1 && msg === "the worker can't serve")?.cause,
    /nonsense/,
  );
  t.equal((await two('GET', '/other/a')).status, 200, 'the other one serves by what it has');
  t.equal((await connection(t, crew.port)('GET', '/other/a')).status, 200);
  await edit(crew, (config) => config.replace('nonsense: 1\n', ''));
  await hangUp(crew, /^reloaded$/);
  await until(async () => (await crew.admin('readyz')) === 'ready\n');
});

t.test('the number of workers waits for a restart', async (t) => {
  const crew = await startCrew(t, (await plainStore(t)).port);
  await edit(crew, (config) => config.replace('workers: 2', 'workers: 3'));
  await hangUp(crew, /^reloaded$/);
  t.ok(crew.lines().some(({ msg }) => msg === 'workers has changed; a restart is needed to apply it'));
  t.equal(crew.workers().size, 2);
});

/**
 * A key that a command prints, which counts how often it was asked. From the file `odd` it has how often it prints the
 * key; after that it fails.
 */
const PRINT = [
  'echo >>asked',
  'if [ -e odd ] && [ $(wc -l <asked) -gt $(cat odd) ]; then exit 3; fi',
  'cat printed',
].join('; ');

/** A crew whose key comes from that command. */
async function withCommand(t: Test, more: Readonly<Record<string, string>> = {}, workers = 2): Promise<Crew> {
  const { port } = await plainStore(t);
  return await startCrew(t, port, {
    workers,
    files: { printed: keyOf('one'), ...more },
    edit: (config) =>
      config
        .replace('keys: {', 'keys: { printed: { exec: { command: COMMAND }, format: hex },')
        .replace('encrypt: [test]', 'encrypt: [printed, test]'),
    finish: (config, folder) =>
      config.replace('COMMAND', JSON.stringify(['sh', '-c', `cd ${folder}; ${PRINT}`])),
  });
}

t.test('if one worker cannot load what the master can, none takes it, and the master says so', async (t) => {
  const crew = await withCommand(t);
  const { one, two } = await toBoth(t, crew);
  await writeFile(join(crew.folder, 'printed'), keyOf('two'));
  await rm(join(crew.folder, 'asked'));
  // The master and one worker get the new key. The other one can't, and keeps the old one.
  await writeFile(join(crew.folder, 'odd'), '2');
  await edit(crew, (config) =>
    config
      .replace('keys: { printed', 'keys: { renamed')
      .replace('[printed, test]', '[renamed, test]')
      .replace('bucket: plain', 'bucket: "*"'),
  );
  await hangUp(crew, /was not loaded|reload failed/);
  t.match(
    crew.lines().find(({ msg }) => msg === 'the reload failed')?.cause,
    /^worker [12] loaded something else than the master.*exit code 3/,
  );
  for (const ask of [one, two]) t.equal((await ask('GET', '/other/a')).status, 403, 'the old rules');
  t.equal(await crew.metric('ssec_proxy_config_last_reload_successful'), 0);
  await rm(join(crew.folder, 'odd'));
  await hangUp(crew, /^reloaded$/);
  for (const ask of [one, two]) t.equal((await ask('GET', '/other/a')).status, 200);
});

t.test('a worker that can never start is tried again more and more seldom', async (t) => {
  // The master and one worker get the key.
  const crew = await withCommand(t, { odd: '2' });
  const tries = () => crew.lines().filter(({ msg }) => msg === "the worker can't serve").length;
  await until(async () => tries() >= 3);
  t.match(await crew.admin('readyz'), /^ready; degraded: not all workers serve: worker [12]: exit code 1/);
  t.equal((await connection(t, crew.port)('GET', '/plain/a')).status, 200);
  const waits = crew
    .lines()
    .filter(({ msg }) => msg === 'a worker has ended; another one is started')
    .map(({ waits }) => waits);
  t.strictSame(waits.slice(0, 3), [1000, 2000, 4000].slice(0, waits.length));
});

t.test('if no worker can start, the master ends', async (t) => {
  const crew = await withCommand(t, { odd: '1' });
  t.strictSame(await crew.program.exited, [1, null]);
  t.match(crew.lines().at(-1), { level: 'fatal', msg: 'no worker can serve' });
});
