import t from 'tap';
import { Outage } from '../../src/upstream/outage.ts';

function failing(outage: Outage, times: number, now: number): void {
  for (let i = 0; i < times; i += 1) outage.failed(now, 'ECONNREFUSED');
}

t.test('a store that fails five times in a row is left alone, and one request tries it', (t) => {
  const outage = new Outage();
  failing(outage, 4, 0);
  t.ok(outage.admits(0));
  outage.reached();
  failing(outage, 4, 0);
  t.ok(outage.admits(0), 'those before a success do not count');
  failing(outage, 1, 0);
  t.notOk(outage.admits(0));
  t.equal(outage.cause, 'ECONNREFUSED');
  t.notOk(outage.admits(999));
  t.ok(outage.admits(1000));
  outage.begin();
  t.notOk(outage.admits(1000), 'the others wait for what it finds');
  outage.failed(1000, 'ETIMEDOUT');
  t.notOk(outage.admits(2999), 'twice as long');
  t.ok(outage.admits(3000));
  outage.begin();
  outage.reached();
  t.ok(outage.admits(3000));
  t.notOk(outage.lasts);
  t.end();
});

t.test('the pause doubles up to half a minute, and begins with a second again after a success', (t) => {
  const outage = new Outage();
  failing(outage, 5, 0);
  let now = 1000;
  for (const pause of [2, 4, 8, 16, 30, 30]) {
    outage.begin();
    outage.failed(now, '');
    t.notOk(outage.admits(now + pause * 1000 - 1));
    now += pause * 1000;
    t.ok(outage.admits(now));
  }
  outage.reached();
  failing(outage, 5, now);
  t.ok(outage.admits(now + 1000));
  t.end();
});

t.test('failures that were under way when the pause began do not make it longer', (t) => {
  const outage = new Outage();
  failing(outage, 100, 0);
  t.ok(outage.admits(1000));
  t.end();
});

t.test('a try that tells nothing makes room for the next one', (t) => {
  const outage = new Outage();
  failing(outage, 5, 0);
  outage.begin();
  outage.unknown();
  outage.begin();
  t.notOk(outage.admits(1000));
  outage.unknown();
  t.ok(outage.admits(1000));
  t.end();
});

t.test('goes by the limits of now, and tells how near they are', (t) => {
  let limits = { failures: 2, pause: 100, longestPause: 150 };
  const outage = new Outage(() => limits);
  failing(outage, 1, 0);
  t.match(outage.figures, { outage: false, failures: 1, mostFailures: 2 });
  failing(outage, 1, 0);
  t.match(outage.figures, { outage: true, failures: 2, mostFailures: 2 });
  t.ok(outage.admits(100));
  failing(outage, 1, 100);
  t.notOk(outage.admits(249), 'no longer than the longest');
  t.ok(outage.admits(250));
  limits = { failures: 5, pause: 100, longestPause: 150 };
  t.ok(outage.admits(100), 'three are not five');
  t.end();
});
