import t from 'tap';
import { Prober } from '../../src/status/prober.ts';
import { UpstreamError } from '../../src/upstream/upstream-error.ts';
import { snapshotOf } from '../support/snapshot.ts';

type Probed = ConstructorParameters<typeof Prober>[0];

const { upstream } = snapshotOf({});

function probing({ figures = {}, fails }: { figures?: object; fails?: Error } = {}) {
  const looks: (string | undefined)[] = [];
  let [taken, destroyed, news] = [0, 0, 0];
  const pool = {
    figures: { open: 0, idle: 0, waiting: 0, most: 2, ...figures },
    take: async ({ fresh, writes }: { fresh: boolean; writes: boolean }) => {
      taken += 1;
      t.ok(fresh && !writes, 'a new connection, for nothing');
      if (fails) throw fails;
      return {
        destroy: () => {
          destroyed += 1;
        },
      };
    },
  };
  const prober = new Prober({
    upstreams: () => [upstream],
    connections: () => ({ of: () => pool }) as unknown as ReturnType<Probed['connections']>,
    observer: { look: (_name, cause) => void looks.push(cause), lastNews: () => news },
    now: () => 100_000,
  });
  return {
    prober,
    looks,
    hear: (at: number) => {
      news = at;
    },
    counts: () => ({ taken, destroyed }),
  };
}

t.test('connects to a store of which nothing was heard, and leaves at once', async (t) => {
  const { prober, looks, counts, hear } = probing();
  await prober.look(30_000);
  t.strictSame(looks, [undefined]);
  t.strictSame(counts(), { taken: 1, destroyed: 1 });
  hear(90_000);
  await prober.look(30_000);
  t.strictSame(counts(), { taken: 1, destroyed: 1 }, 'requests tell how it is');
});

t.test('tells why there is no connection to a store', async (t) => {
  const { prober, looks } = probing({ fails: new UpstreamError('unreachable', 'ECONNREFUSED') });
  await prober.look(30_000);
  t.strictSame(looks, ['ECONNREFUSED']);
});

t.test('takes no room from requests, and what it did not try it does not judge', async (t) => {
  for (const figures of [{ waiting: 1 }, { open: 2 }]) {
    const { prober, looks, counts } = probing({ figures });
    await prober.look(30_000);
    t.strictSame([looks, counts().taken], [[], 0]);
  }
  for (const fault of ['busy', 'outage'] as const) {
    const { prober, looks } = probing({ fails: new UpstreamError(fault, 'too much') });
    await prober.look(30_000);
    t.strictSame(looks, [], 'it is looked at again soon');
  }
});

t.test('one look at a store is under way at a time', async (t) => {
  const { prober, counts } = probing();
  await Promise.all([prober.look(30_000), prober.look(30_000)]);
  t.equal(counts().taken, 1);
});

t.test('a store of which nothing was heard for its time is looked at soon after that', async (t) => {
  const { prober, counts, hear } = probing();
  t.teardown(() => prober.stop());
  // By a clock that stands still: the time was over before the first look.
  hear(0);
  const every = 20_000;
  const timers: number[] = [];
  const { setInterval: real } = globalThis;
  t.teardown(() => {
    globalThis.setInterval = real;
  });
  globalThis.setInterval = ((_look: () => void, ms: number) => {
    timers.push(ms);
    return real(() => {}, 1_000_000);
  }) as typeof setInterval;
  prober.use(every);
  t.strictSame(timers, [every / 4]);
  t.equal(counts().taken, 0);
});

t.test('a timer looks again and again until it is stopped, and off is off', async (t) => {
  const { prober, counts } = probing();
  prober.use(undefined);
  prober.use(5);
  while (counts().taken < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  prober.use(undefined);
  const { taken } = counts();
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.equal(counts().taken, taken);
});
