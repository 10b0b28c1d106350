import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { StoreClient } from '../../src/store-client/client.ts';
import { concurrently } from '../../src/verify/concurrently.ts';
import { bytes, duration, number, plural } from '../../src/verify/figures.ts';
import { judge, type Verdict } from '../../src/verify/judge.ts';
import { progressLine } from '../../src/verify/progress.ts';
import { gather, nothingGathered } from '../../src/verify/result.ts';
import { verifyPlace } from '../../src/verify/run.ts';
import { httpStore } from '../e2e/wire.ts';
import { auditKey, clientOf } from '../support/audit-stand.ts';
import { snapshotOf } from '../support/snapshot.ts';

const SNAPSHOT = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [auditKey('new')] }] });
const LISTED = {
  kind: 'version',
  objectKey: 'k',
  versionId: 'v',
  id: 'v',
  current: true,
  modified: undefined,
  size: 1,
} as const;

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

async function* upTo(end: number): AsyncGenerator<number, void, undefined> {
  for (let n = 0; n < end; n += 1) yield n;
}

t.test('as many items are processed at once as are allowed, and none is left out', async (t) => {
  let running = 0;
  let most = 0;
  let asked = 0;
  async function* source(): AsyncGenerator<number, void, undefined> {
    for await (const n of upTo(40)) {
      asked += 1;
      t.ok(asked - finished <= 5, 'the source is not run ahead of');
      yield n;
    }
  }
  let finished = 0;
  const results = await allOf(
    concurrently(source(), 4, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await pause(n % 3);
      running -= 1;
      finished += 1;
      return n;
    }),
  );
  t.equal(most, 4);
  t.same(
    results.toSorted((a, b) => a - b),
    await allOf(upTo(40)),
  );
});

t.test('the first error of the work or of the source ends it', async (t) => {
  const failing = concurrently(upTo(9), 3, async (n) => {
    if (n === 4) throw new Error('work');
    return n;
  });
  await t.rejects(allOf(failing), { message: 'work' });
  async function* broken(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw new Error('source');
  }
  await t.rejects(allOf(concurrently(broken(), 3, async (n) => n)), { message: 'source' });
});

/** A store that finds nothing, and whose list names `k` or not. */
async function emptyStore(t: Test, names: string): Promise<StoreClient> {
  const store = await httpStore(t, ({ url = '' }, response) => {
    if (url.includes('versions')) response.end(`<ListVersionsResult>${names}</ListVersionsResult>`);
    else response.writeHead(404).end();
  });
  const client = clientOf(store.port);
  t.teardown(() => client.close());
  return client;
}

t.test(
  'what the list names and the store does not find is lost; what it names no more is gone',
  async (t) => {
    const named = '<Version><Key>k</Key><VersionId>v</VersionId></Version>';
    const lost = await judge('vault', LISTED, { client: await emptyStore(t, named), snapshot: SNAPSHOT });
    t.match(lost, { state: 'unreadable', failure: { code: 'NoSuchKey' } });
    for (const names of [
      '',
      '<Version><Key>kk</Key><VersionId>v</VersionId></Version>',
      named.replace('>v<', '>w<'),
    ]) {
      const gone = await judge('vault', LISTED, { client: await emptyStore(t, names), snapshot: SNAPSHOT });
      t.equal(gone.state, 'gone');
    }
  },
);

t.test('a store that keeps failing ends the run', async (t) => {
  const lines = Array.from({ length: 200 }, (_, n) => `<Version><Key>${n}</Key></Version>`).join('');
  const store = await httpStore(t, ({ url = '' }, response: ServerResponse) => {
    if (url.includes('versions')) response.end(`<ListVersionsResult>${lines}</ListVersionsResult>`);
    else response.writeHead(503).end();
  });
  const client = clientOf(store.port, { firstWait: 0 });
  t.teardown(() => client.close());
  const { verdicts } = await verifyPlace(
    { bucket: 'vault', prefix: '' },
    { client, snapshot: SNAPSHOT, concurrency: 8, random: () => 0, share: 1 },
  );
  await t.rejects(allOf(verdicts), { message: /failed to answer 50 times in a row/ });
});

t.test('at most 1,000 faults are kept, and all are counted', (t) => {
  const verdict: Verdict = {
    bucket: 'vault',
    listed: LISTED,
    state: 'plain',
    rule: 'rules[0]',
    encrypts: true,
    ssecKey: undefined,
    failure: undefined,
  };
  const gathered = nothingGathered();
  for (let n = 0; n < 1500; n += 1) gather(gathered, verdict);
  t.equal(gathered.faults.length, 1000);
  t.equal(gathered.tally.faultCount, 1500);
  t.end();
});

t.test('the line of progress has a bar, the rate, and the time left where the total is known', (t) => {
  const known = { kind: 'known', lines: 4000 } as const;
  t.equal(
    progressLine({ done: 1000, faults: 0, total: known, elapsed: 10_000 }),
    '[######..................] 25 %, 1,000 of 4,000, 100/s, 30 s left',
  );
  t.equal(
    progressLine({ done: 4001, faults: 1, total: known, elapsed: 10_000 }),
    '[########################] 100 %, 4,001 of 4,000, 400/s, 0 s left, 1 fault',
  );
  t.equal(
    progressLine({ done: 50, faults: 2, total: { kind: 'counting', lines: 3000 }, elapsed: 1000 }),
    '50 of 3,000 and more, 50/s, 2 faults',
  );
  t.match(
    progressLine({ done: 0, faults: 0, total: { kind: 'known', lines: 0 }, elapsed: 0 }),
    '100 %, 0 of 0, 0/s',
  );
  t.end();
});

t.test('figures are formatted for people', (t) => {
  t.same([number(1234567), plural(1, 'fault'), plural(0, 'fault')], ['1,234,567', '1 fault', '0 faults']);
  t.same([0, 1, 1023, 1024, 3.5 * 1024 ** 3, 2 ** 60].map(bytes), [
    '0 B',
    '1 B',
    '1023 B',
    '1.0 KiB',
    '3.5 GiB',
    '1024.0 PiB',
  ]);
  t.same([499, 59_000, 61_000, 7_500_000].map(duration), ['0 s', '59 s', '1 min 1 s', '2 h 5 min']);
  t.end();
});
