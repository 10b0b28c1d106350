import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { httpStore } from '../e2e/wire.ts';
import { startCrew, toBoth, until } from './stand.ts';

interface Status {
  readonly state: string;
  readonly sentence: string;
  readonly proxy: { readonly workers: { readonly wanted: number; readonly serving: number } };
  readonly stores: readonly { readonly name: string; readonly answers: number; readonly state: string }[];
  readonly rules: readonly {
    readonly bucket: string;
    readonly hits: number;
    readonly writtenEncrypted: number;
  }[];
  readonly config: { readonly reloads: readonly { readonly result: string; readonly cause?: string }[] };
  readonly history: { readonly requests: readonly number[] };
}

t.test('the status is that of all workers together, and a broken config on the disk is told', async (t) => {
  const store = await httpStore(t, (request, response) => request.resume().once('end', () => response.end()));
  const crew = await startCrew(t, store.port);
  const status = async (): Promise<Status> => JSON.parse(await crew.admin('status')) as Status;
  const { one, two } = await toBoth(t, crew);
  const before = await status();
  const hitsOf = ({ rules }: Status): number => rules.find(({ bucket }) => bucket === 'secret')?.hits ?? 0;
  for (const ask of [one, two, two]) t.equal((await ask('PUT', '/secret/object', 'plaintext')).status, 200);
  await until(async () => hitsOf(await status()) === hitsOf(before) + 3);
  const after = await status();
  t.match(after, {
    state: 'ok',
    sentence: /^All is well: \d+ requests in the last hour/,
    proxy: { workers: { wanted: 2, serving: 2 } },
    stores: [{ name: 'upstream', state: 'up' }],
  });
  t.equal(after.rules.find(({ bucket }) => bucket === 'secret')?.writtenEncrypted, 3);
  t.match(await crew.admin('readyz?verbose'), /^ready\n[\s\S]*^ok workers: All 2 serve\.$/m);
  t.match(JSON.parse(await crew.admin('explain?url=s3://secret/a')), { allowed: true });

  await writeFile(join(crew.folder, 'config.yaml'), 'listen: nothing\n');
  crew.program.child.kill('SIGHUP');
  await until(async () => (await status()).config.reloads.some(({ result }) => result === 'failure'));
  t.match(await crew.admin('readyz'), /^ready; degraded: The config on the disk was refused .*config\.yaml/);
  t.match(await status(), {
    state: 'degraded',
    config: { reloads: [{ result: 'failure', cause: /config\.yaml/ }] },
  });
});

t.test('a worker that hangs does not count as one that serves', async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end());
  const crew = await startCrew(t, store.port);
  const pid = crew.workers().get(1) ?? 0;
  process.kill(pid, 'SIGSTOP');
  t.teardown(() => process.kill(pid, 'SIGCONT'));
  const said = 'Only 1 of 2 workers serve: worker 1: it does not answer.';
  t.match(
    await crew.admin('readyz'),
    /^ready; degraded: not all workers serve: worker 1: it does not answer/,
  );
  t.match(await crew.admin('readyz?verbose'), new RegExp(`^degraded workers: ${said}$`, 'm'));
  t.match(JSON.parse(await crew.admin('status')), {
    state: 'degraded',
    sentence: said,
    proxy: { workers: { wanted: 2, serving: 1 } },
  });
  t.equal(await crew.metric('ssec_proxy_workers{state="serving"}'), 1);
  process.kill(pid, 'SIGCONT');
  await until(async () => (await crew.metric('ssec_proxy_workers{state="serving"}')) === 2);
  t.match(await crew.admin('readyz?verbose'), /^ok workers: All 2 serve\.$/m);
});
