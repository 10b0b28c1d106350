import t from 'tap';
import { Distrust } from '../../src/ssec/distrust.ts';

t.test('distrusts a bucket until it is forgiven, and no other', async (t) => {
  const distrust = new Distrust();
  t.notOk(distrust.has('a'));
  distrust.add('a', 0);
  t.ok(distrust.has('a'));
  t.notOk(distrust.has('b'));
  t.equal(distrust.size, 1);
  distrust.forgive('a');
  t.notOk(distrust.has('a'));
  t.equal(distrust.size, 0);
});

t.test('lets one caller probe, and nobody else for ten seconds', async (t) => {
  const distrust = new Distrust();
  distrust.add('a', 1000);
  t.notOk(distrust.claimProbe('a', 10_999));
  t.ok(distrust.claimProbe('a', 11_000));
  t.notOk(distrust.claimProbe('a', 11_000), 'somebody is at it');
  t.ok(distrust.claimProbe('a', 21_000));
  t.notOk(distrust.claimProbe('b', 50_000), 'a trusted bucket needs none');
});

t.test('does not delay the probe when a bucket fails again', async (t) => {
  const distrust = new Distrust();
  distrust.add('a', 0);
  distrust.add('a', 9000);
  t.ok(distrust.claimProbe('a', 10_000));
});
