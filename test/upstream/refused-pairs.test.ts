import t from 'tap';
import { Secret } from '../../src/secret.ts';
import { RefusedPairs } from '../../src/upstream/refused-pairs.ts';
import { testCredentials } from '../support/snapshot.ts';

const ONE = testCredentials('one');
const CODE = 'SignatureDoesNotMatch';
const wrong = () => Promise.resolve({ code: CODE });

t.test('a pair that goes on being refused is tried less and less often, and never given up', async (t) => {
  const pair = new RefusedPairs().of(ONE);
  let now = 0;
  pair.refuse(CODE, now);
  const pauses: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const { until = 0 } = pair.refused ?? {};
    pauses.push((until - now) / 1000);
    t.notOk(pair.isDue(until - 1));
    t.ok(pair.isDue(until));
    now = until;
    await pair.find(wrong, () => now);
  }
  t.strictSame(pauses, [30, 60, 120, 240, 480, 900, 900, 900]);
  await pair.find(
    () => Promise.resolve('taken'),
    () => now,
  );
  t.equal(pair.refused, undefined);
  pair.refuse(CODE, now);
  t.equal((pair.refused?.until ?? 0) - now, 30_000, 'it begins anew');
});

t.test('an answer that tells nothing prolongs the pause, and begins none', async (t) => {
  const pair = new RefusedPairs().of(ONE);
  const nothing = () => Promise.resolve('nothing' as const);
  await pair.find(nothing, () => 0);
  t.equal(pair.refused, undefined);
  pair.refuse(CODE, 0);
  await pair.find(nothing, () => 30_000);
  t.match(pair.refused, { since: 0, until: 60_000 });
});

t.test('requests that were under way do not count again, and many wait for one question', async (t) => {
  const pair = new RefusedPairs().of(ONE);
  for (let i = 0; i < 50; i += 1) pair.refuse(CODE, 1);
  t.match(pair.refused, { until: 30_001 });
  let asked = 0;
  const ask = () => {
    asked += 1;
    return wrong();
  };
  await Promise.all(Array.from({ length: 50 }, () => pair.find(ask, () => 30_001)));
  t.equal(asked, 1);
});

t.test('before a pair is known, only its first request goes out unasked', (t) => {
  const pair = new RefusedPairs().of(ONE);
  t.notOk(pair.isDue(0));
  pair.begin();
  t.ok(pair.isDue(0));
  pair.taken();
  t.notOk(pair.isDue(0));
  t.end();
});

t.test('another secret is another pair, and not all are remembered', (t) => {
  const pairs = new RefusedPairs();
  pairs.of(ONE).refuse(CODE, 0);
  t.equal(pairs.refused, 1);
  t.ok(pairs.of(ONE).refused);
  t.notOk(pairs.of({ ...ONE, secretAccessKey: new Secret('a new secret for tests') }).refused);
  t.equal(pairs.refused, 0);
  pairs.of(ONE).refuse(CODE, 0);
  for (let i = 0; i < 1000; i += 1) pairs.of(testCredentials(`other-${i}`));
  t.equal(pairs.refused, 0);
  t.end();
});
