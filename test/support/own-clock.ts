import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

interface Clock {
  /** So many milliseconds go by, one by one; after each the loop goes round, so that all that was due is done. */
  readonly pass: (ms: number) => Promise<void>;
  /** So many milliseconds go by at once, in which the loop does not go round: as if it, or the machine, was busy. */
  readonly stall: (ms: number) => void;
  /** Time goes by until this is settled: an hour at most. */
  readonly until: <T>(settled: Promise<T>) => Promise<T>;
}

const HOUR_MS = 3_600_000;

/**
 * Runs a part of a test on a clock of its own: `setTimeout` and `performance.now` stand still unless the test lets time
 * pass, however busy the machine is. Sockets and `setImmediate` are real.
 */
export async function onOwnClock(run: (clock: Clock) => Promise<void>): Promise<void> {
  // A whole number: what passes is exact then.
  let now = Math.ceil(performance.now());
  mock.timers.enable({ apis: ['setTimeout'] });
  const clock = mock.method(performance, 'now', () => now);
  const passOne = async (): Promise<void> => {
    now += 1;
    mock.timers.tick(1);
    await turns();
  };
  try {
    await run({
      pass: async (ms) => {
        await turns();
        for (let passed = 0; passed < ms; passed += 1) await passOne();
      },
      stall: (ms) => {
        now += ms;
        mock.timers.tick(ms);
      },
      until: async (settled) => {
        const wait = { over: false };
        const end = (): void => {
          wait.over = true;
        };
        settled.then(end, end);
        await turns();
        for (let passed = 0; !wait.over && passed < HOUR_MS; passed += 1) await passOne();
        return await settled;
      },
    });
  } finally {
    clock.mock.restore();
    mock.timers.reset();
  }
}

async function turns(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await turn();
}
