import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { LineBytes } from '../src/line-bytes.ts';
import { LogDestination } from '../src/log-destination.ts';
import { onOwnClock } from './support/own-clock.ts';

type Outcome = number | string;

/**
 * An output that does what it is told, write by write: a number of bytes to take, or a code to fail with. When nothing
 * is left to do, it takes all.
 */
function outputOf(outcomes: Outcome[], piece = 4096) {
  let taken = '';
  let tries = 0;
  const write = (bytes: Buffer): number => {
    tries += 1;
    const outcome = outcomes.shift() ?? bytes.length;
    if (typeof outcome === 'string') throw Object.assign(new Error('not written'), { code: outcome });
    const count = Math.min(outcome, bytes.length);
    taken += bytes.toString('latin1', 0, count);
    return count;
  };
  return { output: { write, writeLast: write, piece }, taken: () => taken, tries: () => tries };
}

/** 100 bytes. */
const line = (number: number): string => `${JSON.stringify({ number }).padEnd(99)}\n`;

interface Line {
  readonly number?: number;
  readonly dropped?: number;
  readonly cause?: string;
}

const parsed = (text: string): readonly Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((each) => JSON.parse(each) as Line);

t.test('writes lines in order, those of one turn at once', async (t) => {
  await onOwnClock(async ({ until }) => {
    const { output, taken, tries } = outputOf([]);
    const log = new LogDestination(output);
    for (let number = 0; number < 5; number += 1) log.write(line(number));
    t.equal(taken(), '', 'not on the way of who logs');
    t.equal(await until(log.end()), undefined);
    t.same(
      parsed(taken()).map(({ number }) => number),
      [0, 1, 2, 3, 4],
    );
    t.equal(tries(), 1);
    t.equal(log.health.trouble(), undefined);
  });
});

t.test('lines that come while another thread writes are gathered too', async (t) => {
  await onOwnClock(async ({ until }) => {
    const written: string[] = [];
    const { output } = outputOf([]);
    const write = async (bytes: Buffer): Promise<number> => {
      // Requests go on beside the thread, one each millisecond.
      if (written.length < 3) for (let ms = 1; ms <= 4; ms += 1) setTimeout(() => log.write('b\n'), ms);
      await pause(1);
      written.push(bytes.toString());
      return bytes.length;
    };
    const log = new LogDestination({ ...output, write });
    log.write('a\n');
    await until(pause(100));
    t.same(written, ['a\n', 'b\n'.repeat(4), 'b\n'.repeat(4), 'b\n'.repeat(4)]);
    t.equal(await until(log.end()), undefined);
  });
});

t.test('takes lines in bytes, which are dressed as the others are', async (t) => {
  await onOwnClock(async ({ until }) => {
    for (const [dress, dressed] of [
      [undefined, 'é\nplain\n'],
      [(text: string) => `> ${text}`, '> é\n> plain\n'],
    ] as const) {
      const { output, taken } = outputOf([]);
      const log = new LogDestination(output, undefined, dress);
      const bytes = new LineBytes();
      // What was handed over is written, whatever is made of the bytes afterwards.
      log.write('é\n');
      log.writeBytes(bytes.clear().ascii('plain\n'));
      bytes.clear().ascii('another');
      t.equal(await until(log.end()), undefined);
      t.equal(Buffer.from(taken(), 'latin1').toString(), dressed);
    }
  });
});

t.test('a line that is written in part goes on where it was', async (t) => {
  await onOwnClock(async ({ pass, until }) => {
    const { output, taken } = outputOf([3, 'EAGAIN', 1, 'ENOSPC', 2]);
    const log = new LogDestination(output);
    log.write(line(1));
    log.write(line(2));
    await pass(1_200);
    t.equal(await until(log.end()), undefined);
    t.equal(taken(), line(1) + line(2));
  });
});

t.test('what finds no room is dropped, and one line tells how many when there is room again', async (t) => {
  await onOwnClock(async ({ pass, until }) => {
    const outcomes: Outcome[] = Array.from({ length: 4 }, () => 'EAGAIN');
    const { output, taken } = outputOf(outcomes);
    const log = new LogDestination(output, 700);
    for (let number = 0; number < 20; number += 1) log.write(line(number));
    t.match(log.health.trouble(), /^the log can't be written: its reader is too slow; lines dropped: 13$/);
    t.equal(log.health.dropped(), 13);
    t.ok(log.health.waiting() <= 700);
    await pass(400);
    log.write(line(20));
    t.equal(await until(log.end()), undefined);
    t.same(
      parsed(taken()).map(({ number, dropped }) => number ?? { dropped }),
      [0, 1, 2, 3, 4, 5, 6, { dropped: 13 }, 20],
    );
    t.equal(log.health.trouble(), undefined);
  });
});

t.test('takes another size at once, or when what waits fits into it, and loses nothing by it', async (t) => {
  await onOwnClock(async ({ until }) => {
    const { output, taken } = outputOf(Array.from({ length: 6 }, () => 'EAGAIN'));
    const log = new LogDestination(output, 700);
    for (let number = 0; number < 7; number += 1) log.write(line(number));
    log.resize(1400);
    for (let number = 7; number < 14; number += 1) log.write(line(number));
    t.equal(log.health.dropped(), 0);
    log.resize(100);
    t.equal(log.health.capacity(), 100);
    t.ok(log.health.waiting() > 1000, 'what waits is not dropped');
    t.equal(await until(log.end()), undefined);
    t.same(
      parsed(taken()).map(({ number }) => number),
      Array.from({ length: 14 }, (_, number) => number),
    );
  });
});

t.test(
  'an output that refuses again has its lines dropped; after it takes them again, one line tells',
  async (t) => {
    await onOwnClock(async ({ pass, until }) => {
      const { output, taken } = outputOf([4, 'ENOSPC', 'ENOSPC', 'ENOSPC']);
      const log = new LogDestination(output);
      for (let number = 0; number < 3; number += 1) log.write(line(number));
      await pass(100);
      t.equal(log.health.trouble(), "the log can't be written: no space left on the device");
      t.equal(log.health.dropped(), 0, 'it may have been for a moment');
      await pass(1_100);
      t.equal(log.health.dropped(), 2, 'but not the one that the disk has half of');
      log.write(line(3));
      t.equal(
        log.health.trouble(),
        "the log can't be written: no space left on the device; lines dropped: 3",
      );
      await pass(2_000);
      log.write(line(4));
      await until(log.end());
      t.match(parsed(taken()), [
        { number: 0 },
        { dropped: 3, cause: 'no space left on the device' },
        { number: 4 },
      ]);
    });
  },
);

t.test(
  'a reader that is gone has its lines dropped at once, and the next one gets whole lines',
  async (t) => {
    await onOwnClock(async ({ pass, until }) => {
      const { output, taken } = outputOf([4, 'EPIPE', 'EPIPE']);
      const log = new LogDestination(output);
      log.write(line(1));
      log.write(line(2));
      await pass(100);
      t.equal(log.health.trouble(), "the log can't be written: its reader is gone; lines dropped: 2");
      await pass(2_200);
      log.write(line(3));
      await until(log.end());
      const forNext = parsed(taken().slice(4));
      t.match(forNext, [{ dropped: 2, cause: 'its reader is gone' }, { number: 3 }]);
    });
  },
);

t.test('the end waits one second for a reader, and not at all for a full disk', async (t) => {
  await onOwnClock(async ({ until }) => {
    const stuck = new LogDestination(outputOf(Array.from({ length: 1000 }, () => 'EAGAIN')).output);
    stuck.write(line(1));
    let began = performance.now();
    t.match(await until(stuck.end()), { message: 'its reader is too slow' });
    let waited = performance.now() - began;
    t.ok(waited >= 1000 && waited < 1010, `${waited}`);

    const full = new LogDestination(outputOf(Array.from({ length: 1000 }, () => 'ENOSPC')).output);
    full.write(line(1));
    began = performance.now();
    t.match(await until(full.end()), { code: 'ENOSPC' });
    waited = performance.now() - began;
    t.ok(waited < 10, `${waited}`);
  });
});

t.test('the end does not wait for a write that never ends', async (t) => {
  await onOwnClock(async ({ pass, until }) => {
    const never = { write: () => new Promise<number>(() => {}), writeLast: () => 0, piece: 4096 };
    const log = new LogDestination(never);
    log.write(line(1));
    await pass(20);
    t.ok(await until(log.end()));
  });
});

t.test(
  'each line is written, told of as dropped, or still waits: none twice, none in part, none out of order',
  async () => {
    const outcome = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 2, arbitrary: fc.constant('EAGAIN') },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 25 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
        async (outcomes, bursts) => {
          const { output, taken } = outputOf([...outcomes], 256);
          const log = new LogDestination(output, 1000);
          let written = 0;
          for (const burst of bursts) {
            for (let each = 0; each < burst; each += 1) log.write(line(written++));
            await pause(1);
          }
          // The outcomes run out: then everything is taken.
          while ((await log.end()) !== undefined) log.write('');
          const lines = parsed(taken());
          const numbers = lines.flatMap(({ number }) => number ?? []);
          const told = lines.reduce((sum, { dropped = 0 }) => sum + dropped, 0);
          const ordered = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0));
          return ordered && told === log.health.dropped() && numbers.length + told === written;
        },
      ),
      { numRuns: 20 },
    );
  },
);

t.test('an output that takes no byte, without an error, is asked again later', async (t) => {
  await onOwnClock(async ({ pass, until }) => {
    const { output, taken, tries } = outputOf([0, 0]);
    const log = new LogDestination(output);
    log.write(line(1));
    await pass(200);
    await until(log.end());
    t.equal(taken(), line(1));
    t.equal(tries(), 3);
  });
});

t.test('what waits when the process ends at once is still written, as far as it is taken', async (t) => {
  for (const [outcomes, expected] of [
    [[], line(1) + line(2)],
    [[100, 0], line(1)],
    [[100, 'EAGAIN'], line(1)],
  ] as const) {
    const { output, taken } = outputOf([...outcomes], 100);
    const before = process.listeners('exit');
    const log = new LogDestination(output);
    log.write(line(1));
    log.write(line(2));
    const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
    atExit?.(0);
    t.equal(taken(), expected);
    await log.end();
    t.same(process.listeners('exit'), before);
  }
});

t.test(
  'a log that keeps what waits loses nothing while a disk is full, as far as there is room',
  async (t) => {
    await onOwnClock(async ({ pass, until }) => {
      const { output, taken } = outputOf(['ENOSPC', 'ENOSPC', 'ENOSPC', 'ENOSPC']);
      const log = new LogDestination(output, undefined, undefined, { name: 'the audit log', keeps: true });
      for (const number of [1, 2, 3]) log.write(line(number));
      await pass(2500);
      t.match(log.health.trouble(), /^the audit log can't be written: no space left/);
      t.equal(taken(), '');
      await pass(2500);
      t.same(
        parsed(taken()).map(({ number }) => number),
        [1, 2, 3],
      );
      t.equal(log.health.dropped(), 0);
      t.equal(log.health.trouble(), undefined);
      await until(log.end());
    });
  },
);

t.test(
  'a log that keeps what waits keeps it when its reader is gone too, and the next one gets whole lines',
  async (t) => {
    await onOwnClock(async ({ pass, until }) => {
      for (const [outcomes, expected, dropped] of [
        [['EPIPE', 'EPIPE'], [1, 2], 0],
        [[4, 'EPIPE', 'EPIPE'], [2, undefined], 1],
      ] as const) {
        const { output, taken } = outputOf([...outcomes]);
        const log = new LogDestination(output, undefined, undefined, { name: 'the audit log', keeps: true });
        for (const number of [1, 2]) log.write(line(number));
        await pass(100);
        t.match(log.health.wrong(), { cause: 'its reader is gone', lost: dropped });
        await pass(2500);
        const begun = dropped * 4;
        t.same(
          parsed(taken().slice(begun)).map(({ number }) => number),
          expected,
        );
        t.equal(log.health.dropped(), dropped);
        t.equal(log.health.trouble(), undefined);
        await until(log.end());
      }
    });
  },
);
