import t from 'tap';
import { Distrust } from '../../src/ssec/distrust.ts';

const by = {
  CopyObject: { operation: 'CopyObject', client: 'a client' },
  PutObject: { operation: 'PutObject', client: 'a client' },
  UploadPart: { operation: 'UploadPart', client: 'a client' },
} as const;

/** One failure at `now`, and a probe that passes at once. */
function failed(distrust: Distrust, now: number): number {
  const times = distrust.add('a', by.CopyObject, now);
  const claim = distrust.claimProbe('a', now);
  if (claim !== undefined) distrust.pass('a', claim);
  return times;
}

t.test('a failure stops every operation in its bucket, and no other bucket', async (t) => {
  const distrust = new Distrust();
  t.notOk(distrust.has('a'));
  t.equal(distrust.standing('a', by.PutObject, 0), 'trusted');
  t.equal(distrust.add('a', by.CopyObject, 0), 1);
  t.ok(distrust.has('a'));
  t.notOk(distrust.has('b'));
  t.equal(distrust.standing('a', by.PutObject, 0), 'doubted');
  t.equal(distrust.standing('a', by.CopyObject, 99_999), 'doubted', 'time alone opens nothing');
  t.equal(distrust.standing('b', by.PutObject, 0), 'trusted');
  t.equal(distrust.refusing(99_999).length, 1);
});

t.test('the first probe may be made at once, by one caller, and the next after ten seconds', async (t) => {
  const distrust = new Distrust();
  distrust.add('a', by.PutObject, 1000);
  t.type(distrust.claimProbe('a', 1000), 'number');
  t.equal(distrust.claimProbe('a', 10_999), undefined, 'somebody is at it');
  t.type(distrust.claimProbe('a', 11_000), 'number');
  t.equal(distrust.claimProbe('b', 50_000), undefined, 'a trusted bucket needs none');
});

t.test('a probe frees all operations but the one that failed', async (t) => {
  const distrust = new Distrust();
  failed(distrust, 0);
  t.equal(distrust.standing('a', by.PutObject, 0), 'trusted');
  t.equal(distrust.standing('a', by.UploadPart, 0), 'trusted');
  t.equal(distrust.standing('a', by.CopyObject, 9999), 'closed');
  t.equal(distrust.refusing(9999).length, 1);
  t.equal(distrust.claimProbe('a', 99_999), undefined, 'there is nothing to probe any more');
});

t.test('a probe that began before another failure frees nothing', async (t) => {
  const distrust = new Distrust();
  distrust.add('a', by.CopyObject, 0);
  const claim = distrust.claimProbe('a', 0) ?? -1;
  distrust.add('a', by.UploadPart, 5);
  distrust.pass('a', claim);
  t.equal(distrust.standing('a', by.PutObject, 6), 'doubted');
  distrust.pass('a', distrust.claimProbe('a', 6) ?? -1);
  t.equal(distrust.standing('a', by.PutObject, 6), 'trusted');
});

t.test('what failed is tried again after ten seconds, by one write in ten seconds', async (t) => {
  const distrust = new Distrust();
  failed(distrust, 0);
  t.notOk(distrust.isTried('a', by.CopyObject));
  t.equal(distrust.standing('a', by.CopyObject, 10_000), 'trusted');
  t.ok(distrust.isTried('a', by.CopyObject));
  t.equal(distrust.standing('a', by.CopyObject, 10_000), 'closed', 'a second one at the same time');
  t.equal(distrust.standing('a', by.CopyObject, 19_999), 'closed');
  t.equal(distrust.standing('a', by.CopyObject, 20_000), 'trusted', 'the first one never ended');
});

t.test('operations that failed are tried one after the other', async (t) => {
  const distrust = new Distrust();
  distrust.add('a', by.UploadPart, 0);
  failed(distrust, 0);
  t.equal(distrust.standing('a', by.CopyObject, 10_000), 'trusted');
  t.equal(distrust.standing('a', by.UploadPart, 19_999), 'closed');
  t.equal(distrust.standing('a', by.UploadPart, 20_000), 'trusted');
});

t.test('the wait doubles with each failure, up to ten minutes', async (t) => {
  const distrust = new Distrust();
  let now = 0;
  const waits = Array.from({ length: 9 }, (_, index) => {
    t.equal(failed(distrust, now), index + 1);
    const from = now;
    while (distrust.standing('a', by.CopyObject, now) !== 'trusted') now += 1000;
    return (now - from) / 1000;
  });
  t.same(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
});

t.test('failures of writes that were on their way lengthen nothing', async (t) => {
  const distrust = new Distrust();
  for (const now of [0, 1, 2, 3]) t.equal(failed(distrust, now), 1);
  t.equal(distrust.standing('a', by.PutObject, 4), 'trusted', 'and do not close the bucket again');
  t.equal(distrust.standing('a', by.CopyObject, 10_000), 'trusted');
});

t.test('a proof of what was tried forgives, and one of what was on its way does not', async (t) => {
  const distrust = new Distrust();
  failed(distrust, 0);
  distrust.prove('a', by.CopyObject);
  t.equal(distrust.standing('a', by.CopyObject, 1), 'closed');
  distrust.standing('a', by.CopyObject, 10_000);
  distrust.prove('a', by.PutObject);
  t.ok(distrust.has('a'), 'the proof of another operation says nothing');
  distrust.prove('a', by.CopyObject);
  t.notOk(distrust.has('a'));
  t.equal(distrust.refusing(10_000).length, 0);
  t.equal(distrust.add('a', by.CopyObject, 20_000), 1, 'it counts from the start again');
});

t.test('what was tried and stored nothing lets the next one try', async (t) => {
  const distrust = new Distrust();
  failed(distrust, 0);
  distrust.spare('a', by.CopyObject);
  t.equal(distrust.standing('a', by.CopyObject, 9999), 'closed', 'it was not tried');
  distrust.standing('a', by.CopyObject, 10_000);
  distrust.spare('a', by.CopyObject);
  t.equal(distrust.standing('a', by.CopyObject, 10_001), 'trusted');
  t.equal(distrust.add('a', by.CopyObject, 10_002), 2);
});
