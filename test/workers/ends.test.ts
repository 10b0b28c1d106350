import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { httpStore } from '../e2e/wire.ts';
import { connection, startCrew, toBoth, until } from './stand.ts';

/** A store that answers `/plain/slow` when it is told to. */
async function slowStore(t: Test) {
  const held: (() => void)[] = [];
  const store = await httpStore(t, (request, response) => {
    if (request.url === '/plain/slow') held.push(() => response.end('slow'));
    else response.end('ok');
  });
  return { port: store.port, held };
}

t.test('a worker that is killed is replaced; the others serve on, and no counter goes back', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  const COUNTER = 'ssec_proxy_requests_total{op="GetObject",status="200"}';
  const before = await crew.metric(COUNTER);
  t.ok(before >= 2);
  const slow = two('GET', '/plain/slow');
  await until(() => store.held.length === 1);
  const [first, second] = [crew.workers().get(1), crew.workers().get(2)];
  process.kill(first ?? 0, 'SIGKILL');
  await t.rejects(one('GET', '/plain/a'), 'its connections are gone');
  // What was given to it before the master knew is gone, too.
  await until(() => crew.lines().some(({ msg }) => msg === 'a worker has ended; another one is started'));
  let asked = 0;
  const seen: number[] = [];
  for (; crew.workers().get(1) === first || asked < 20; asked += 1) {
    t.equal((await connection(t, crew.port)('GET', '/plain/a')).status, 200, 'a new connection is served');
    seen.push(await crew.metric(COUNTER));
  }
  t.strictSame(
    seen,
    seen.toSorted((a, b) => a - b),
    'counters go up only',
  );
  t.ok((seen[0] ?? 0) > before, `${seen[0]} after ${before}`);
  store.held[0]?.();
  t.match(await slow, { status: 200, text: 'slow' }, 'the other worker finishes');
  await until(async () => (await crew.admin('readyz')) === 'ready\n');
  t.ok((await crew.metric(COUNTER)) >= before + asked);
  t.equal(await crew.metric('ssec_proxy_worker_ends_total'), 1);
  t.equal(await crew.metric('ssec_proxy_workers{state="serving"}'), 2);
  t.equal(crew.workers().get(2), second);
  t.not(crew.workers().get(1), first);
  t.match(
    crew.lines().find(({ msg }) => msg === 'a worker has ended; another one is started'),
    { number: 1, cause: 'signal SIGKILL' },
  );
});

t.test('SIGTERM lets all workers finish, and ends all processes', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  const pids = [...crew.workers().values()];
  const both = [one('GET', '/plain/slow'), two('GET', '/plain/slow')];
  await until(() => store.held.length === 2);
  crew.program.child.kill('SIGTERM');
  await until(async () => (await crew.admin('readyz')) === 'draining\n');
  await t.rejects(connection(t, crew.port)('GET', '/plain/a'), 'no new connections');
  for (const answer of store.held) answer();
  for (const answer of await Promise.all(both)) t.match(answer, { status: 200, text: 'slow' });
  t.strictSame(await crew.program.exited, [0, null]);
  t.strictSame(pids.filter(isThere), []);
  t.equal(crew.lines().at(-1)?.msg, 'stopped');
});

t.test('a second signal ends all processes at once', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  const { one } = await toBoth(t, crew);
  const pids = [...crew.workers().values()];
  const slow = one('GET', '/plain/slow').catch(() => 'gone');
  await until(() => store.held.length === 1);
  crew.program.child.kill('SIGTERM');
  await until(() => crew.lines().some(({ msg }) => msg === 'draining'));
  crew.program.child.kill('SIGTERM');
  t.strictSame(await crew.program.exited, [130, null]);
  await until(() => !pids.some(isThere));
  t.equal(await slow, 'gone');
});

t.test('without their master the workers finish what they have, and end', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  const pids = [...crew.workers().values()];
  const slow = one('GET', '/plain/slow');
  await until(() => store.held.length === 1);
  crew.program.child.kill('SIGKILL');
  await until(() => !isThere(pids[1] ?? 0) || !isThere(pids[0] ?? 0));
  t.equal(pids.filter(isThere).length, 1, 'the one that has nothing to do ends at once');
  store.held[0]?.();
  t.match(await slow, { status: 200, text: 'slow' });
  await until(() => !pids.some(isThere));
  await t.rejects(two('GET', '/plain/a'));
  t.equal(crew.program.stderr(), '', 'and none of them crashes at its end');
});

t.test('a worker that gets SIGTERM itself finishes, and is replaced', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  const before = await crew.metric('ssec_proxy_requests_total{op="GetObject",status="200"}');
  const slow = one('GET', '/plain/slow');
  await until(() => store.held.length === 1);
  const first = crew.workers().get(1) ?? 0;
  process.kill(first, 'SIGTERM');
  await pause(300);
  t.equal((await two('GET', '/plain/a')).status, 200);
  store.held[0]?.();
  t.match(await slow, { status: 200, text: 'slow' });
  await until(() => !isThere(first));
  await until(async () => (await crew.admin('readyz')) === 'ready\n');
  t.equal(
    await crew.metric('ssec_proxy_requests_total{op="GetObject",status="200"}'),
    before + 2,
    'what it counted last is there',
  );
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

t.test('a worker that no longer answers gets no connections, and /readyz says so', async (t) => {
  const store = await slowStore(t);
  const crew = await startCrew(t, store.port);
  await toBoth(t, crew);
  const first = crew.workers().get(1) ?? 0;
  process.kill(first, 'SIGSTOP');
  t.teardown(() => {
    if (isThere(first)) process.kill(first, 'SIGCONT');
  });
  await until(async () =>
    /ready; degraded: not all workers serve: worker 1: it does not answer/.test(await crew.admin('readyz')),
  );
  let served = 0;
  const asked = Array.from({ length: 12 }, async () => {
    if ((await connection(t, crew.port)('GET', '/plain/a')).status === 200) served += 1;
  });
  await until(() => served >= 8);
  t.ok(served >= 8, `all but those that were on their way: ${served} of 12`);
  process.kill(first, 'SIGCONT');
  await Promise.all(asked);
  await until(async () => (await crew.admin('readyz')) === 'ready\n');
});
