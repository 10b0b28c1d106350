import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Deadline } from '../../src/upstream/deadline.ts';
import { onOwnClock } from '../support/own-clock.ts';

t.test('a wait ends once, and not while something moves', async (t) => {
  await onOwnClock(async ({ pass }) => {
    let ended = 0;
    const deadline = new Deadline(() => {
      ended += 1;
    });
    deadline.begin(60);
    for (let i = 0; i < 10; i += 1) {
      await pass(15);
      deadline.moved();
    }
    t.equal(ended, 0);
    await pass(300);
    t.equal(ended, 1);
    deadline.moved();
    await pass(120);
    t.equal(ended, 1, 'what moves afterwards begins nothing');
  });
});

t.test('a wait that is paused or over does not end', async (t) => {
  await onOwnClock(async ({ pass }) => {
    let ended = 0;
    const deadline = new Deadline(() => {
      ended += 1;
    });
    deadline.begin(20);
    deadline.pause();
    await pass(100);
    deadline.begin(20);
    deadline.end();
    await pass(100);
    deadline.begin(20);
    await pass(100);
    t.equal(ended, 0);
  });
});

t.test('a shorter wait ends sooner than the longer one before it would have', async (t) => {
  await onOwnClock(async ({ pass }) => {
    let ended = 0;
    const deadline = new Deadline(() => {
      ended += 1;
    });
    deadline.begin(60_000);
    deadline.begin(20);
    await pass(300);
    t.equal(ended, 1);
  });
});

t.test('a wait may begin the next one at its end', async (t) => {
  await onOwnClock(async ({ pass }) => {
    let ended = 0;
    const deadline: Deadline = new Deadline(() => {
      ended += 1;
      if (ended < 3) deadline.begin(10);
    });
    deadline.begin(10);
    await pass(400);
    t.equal(ended, 3);
  });
});

t.test('a loop that was starved looks at what arrived before it judges', async (t) => {
  await onOwnClock(async ({ stall }) => {
    let ended = 0;
    const deadline = new Deadline(() => {
      ended += 1;
    });
    deadline.begin(50);
    await turn();
    // Stands for a socket that is read in the turn after the timers.
    setImmediate(() => deadline.moved());
    stall(120);
    await turn();
    await turn();
    await turn();
    t.equal(ended, 0);
    deadline.end();
  });
});
