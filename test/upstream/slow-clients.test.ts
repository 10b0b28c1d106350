import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { areManySlow, ClientWait } from '../../src/upstream/slow-clients.ts';

t.test('many are slow when 16 answers have waited at every moment of 100 ms', async (t) => {
  const waits = Array.from({ length: 17 }, () => new ClientWait());
  for (const wait of waits.slice(0, 15)) wait.begin();
  await pause(150);
  t.notOk(areManySlow(), '15');
  waits[15]?.begin();
  t.notOk(areManySlow(), 'not so long');
  waits[15]?.begin();
  await pause(150);
  t.ok(areManySlow());
  waits[16]?.begin();
  waits[0]?.end();
  t.ok(areManySlow(), 'another one waits in its place');
  waits[1]?.end();
  t.notOk(areManySlow(), '15 are left');
  waits[1]?.begin();
  t.notOk(areManySlow(), 'the time begins anew');
  for (const wait of waits) {
    wait.end();
    wait.end();
  }
  for (const wait of waits.slice(0, 15)) wait.begin();
  await pause(150);
  t.notOk(areManySlow(), 'who ended twice counted once');
  for (const wait of waits) wait.end();
});
