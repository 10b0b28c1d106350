import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { makeLog } from '../../src/log.ts';
import { LogDestination } from '../../src/log-destination.ts';
import { logOutput } from '../../src/log-output.ts';

// Logs as many requests as its argument says to standard output, one a turn of the event loop, and says on standard error
// what that took.
const destination = new LogDestination(logOutput(1));
const log = makeLog('info', destination);
const logMany = async (count: number): Promise<number> => {
  let longest = 0;
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    log.request('info', { id: String(number), op: 'GetObject', objectKey: 'a/key/'.repeat(20) });
    await turn();
    longest = Math.max(longest, performance.now() - began);
  }
  return longest;
};
const count = Number(process.argv[2]);
await logMany(count / 10);
const before = process.memoryUsage().rss;
const longestTurn = await logMany(count);
const after = process.memoryUsage().rss;
const { health } = destination;
const said = { grown: after - before, longestTurn, dropped: health.dropped(), waiting: health.waiting() };
const began = performance.now();
await destination.end();
writeSync(2, JSON.stringify({ ...said, end: performance.now() - began }));
