import t from 'tap';
import { httpStore } from '../e2e/wire.ts';
import { connection, startCrew } from './stand.ts';

/** The least part of the connections that each of two workers has to get. */
const LEAST = 0.4;

t.test('connections that stay are spread evenly over two workers', { timeout: 240_000 }, async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const crew = await startCrew(t, store.port, {
    edit: (config) => `${config}limits: { connections: 4000, requestsPerClient: 4000 }\n`,
  });
  for (const count of [16, 64, 1000]) {
    const got = new Map<number, number>();
    for (let begun = 0; begun < count; begun += 50) {
      const some = Array.from({ length: Math.min(50, count - begun) }, () => connection(t, crew.port));
      const answers = await Promise.all(some.map((ask) => ask('GET', '/plain/object')));
      for (const { id } of answers) {
        const worker = await crew.workerOf(id);
        got.set(worker, (got.get(worker) ?? 0) + 1);
      }
    }
    t.strictSame(
      [...got.keys()].toSorted((a, b) => a - b),
      [1, 2],
    );
    for (const [worker, connections] of got)
      t.ok(connections >= LEAST * count, `${count}: worker ${worker} has ${connections}`);
  }
  t.equal(
    await crew.metric('ssec_proxy_client_limit_used{limit="connections"}'),
    1080,
    'all of them are there',
  );
});

t.test('one connection after the other goes to one worker after the other', async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const crew = await startCrew(t, store.port);
  const workers: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const response = await fetch(`http://127.0.0.1:${crew.port}/plain/object`, {
      headers: { connection: 'close' },
    });
    await response.text();
    workers.push(await crew.workerOf(response.headers.get('x-amz-request-id') ?? ''));
  }
  t.ok(workers.filter((worker) => worker === 1).length >= 3, String(workers));
  t.ok(workers.filter((worker) => worker === 2).length >= 3, String(workers));
});
