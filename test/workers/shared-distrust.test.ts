import t from 'tap';
import type { BucketDoubt } from '../../src/workers/calls.ts';
import { Ledger } from '../../src/workers/ledger.ts';
import { SharedDistrust } from '../../src/workers/shared-distrust.ts';

const WRITES = { operation: 'CopyObject', client: 'a' } as const;
const OTHERS = { operation: 'PutObject', client: 'a' } as const;
const SECOND = 1000;

/** Two workers and their master, without processes. `cut` parts the first worker from the master. */
function crew() {
  const ledger = new Ledger();
  let cut = false;
  const workers: SharedDistrust[] = [];
  for (let index = 0; index < 2; index += 1)
    workers.push(
      new SharedDistrust(async (call) => {
        if (cut && index === 0) return undefined;
        return await ledger.distrust(structuredClone(call), async (doubt) => {
          for (const [other, worker] of workers.entries())
            if (other !== index) worker.adopt(structuredClone(doubt));
        });
      }),
    );
  const [one, two] = workers;
  if (!one || !two) throw new Error('there are no workers');
  return {
    ledger,
    one,
    two,
    cut: () => {
      cut = true;
    },
  };
}

t.test('a failure at one worker closes the bucket at both, when it is told', async (t) => {
  const { one, two } = crew();
  const added = one.add('b', WRITES, 0);
  t.equal(one.standing('b', OTHERS, 0), 'doubted', 'here at once');
  t.equal(await added, 1);
  t.equal(two.standing('b', OTHERS, 0), 'doubted');
  t.equal(await two.add('b', WRITES, 0), 1, 'one that was on its way says nothing new');
  t.equal(one.refusing(0).length, 1);
});

t.test('one worker probes, and what passes is for both', async (t) => {
  const { one, two } = crew();
  await one.add('b', WRITES, 0);
  const claims = await Promise.all([two.claimProbe('b', 0), one.claimProbe('b', 0)]);
  const [claim] = claims.filter((one) => one !== undefined);
  t.equal(claims.filter((one) => one !== undefined).length, 1);
  await two.pass('b', claim ?? 0);
  for (const worker of [one, two]) {
    t.equal(worker.standing('b', OTHERS, 0), 'trusted');
    t.equal(worker.standing('b', WRITES, 0), 'closed');
  }
});

t.test('of all workers, one write is tried when its time has come', async (t) => {
  const { one, two } = crew();
  await one.add('b', WRITES, 0);
  await one.pass('b', (await one.claimProbe('b', 0)) ?? 0);
  const standings = await Promise.all([
    two.standing('b', WRITES, 10 * SECOND),
    one.standing('b', WRITES, 10 * SECOND),
    two.standing('b', WRITES, 10 * SECOND),
  ]);
  t.strictSame(standings.toSorted(), ['closed', 'closed', 'trusted']);
  await two.prove('b', WRITES);
  for (const worker of [one, two]) t.notOk(worker.has('b'), 'the first proof ends it everywhere');
});

t.test('a new worker gets what the others know', async (t) => {
  const { ledger, one } = crew();
  await one.add('b', WRITES, 0);
  const late = new SharedDistrust(async () => undefined);
  for (const doubt of structuredClone(ledger.doubts)) late.adopt(doubt);
  t.equal(late.standing('b', OTHERS, 0), 'doubted');
});

t.test('without the master nothing is opened that was closed', async (t) => {
  const { one, two, cut } = crew();
  await two.add('b', WRITES, 0);
  await two.pass('b', (await two.claimProbe('b', 0)) ?? 0);
  cut();
  t.equal(await one.standing('b', WRITES, 10 * SECOND), 'closed', 'its time has come, and nobody says so');
  t.equal(await one.add('c', WRITES, 0), 1);
  t.equal(one.standing('c', OTHERS, 0), 'doubted');
  t.equal(await one.claimProbe('c', 0), undefined);
});

t.test('what is older than a failure here does not undo it', async (t) => {
  let answer = (): void => {};
  const worker = new SharedDistrust(
    () =>
      new Promise((resolve) => {
        answer = () => resolve(undefined);
      }),
  );
  const trusted: BucketDoubt = { bucket: 'b' };
  const added = worker.add('b', WRITES, 0);
  worker.adopt(trusted);
  t.equal(worker.standing('b', OTHERS, 0), 'doubted', 'while the master is told');
  answer();
  await added;
  t.equal(worker.standing('b', OTHERS, 0), 'doubted', 'and when it did not answer');
});
