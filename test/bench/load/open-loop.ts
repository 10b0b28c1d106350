import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import { Link } from './link.ts';
import { connection, prepare } from './links.ts';
import type { Work } from './work.ts';

/** So many requests may be on their way at once; behind them others wait, and their time counts. */
const LINKS = 64;
/** So many that wait are a server that can't keep up. */
const LIMIT = 2000;
/** Of each run, in seconds, and not counted: after so many handshakes at once V8 collects the whole heap of a server. */
const SETTLING = 1;

/**
 * Requests at a fixed rate, whether the answers come or not.
 * @returns ms from the moment when each was due to the last byte of its answer
 * @throws at a wrong answer, and when the server falls behind without end
 */
export async function openLoop(
  ground: Ground,
  contestant: Contestant,
  work: Work,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<number[]> {
  const prepared = await prepare(work, contestant);
  const options = connection(ground, contestant, work);
  const free = await Promise.all(Array.from({ length: LINKS }, () => Link.open(options)));
  const all = [...free];
  const settled = performance.now() + SETTLING * 1000;
  let sent = 0;
  const latencies: number[] = [];
  const due: number[] = [];
  const under: Promise<void>[] = [];
  const serve = async (link: Link, first: number): Promise<void> => {
    for (let at: number | undefined = first; at !== undefined; at = due.shift()) {
      const { bytes, expected } = prepared[sent % prepared.length] as (typeof prepared)[number];
      await link.send(bytes, expected);
      if (at >= settled) latencies.push(performance.now() - at);
      sent += 1;
    }
    free.push(link);
  };
  try {
    await arrivals(rate, SETTLING + seconds, (at) => {
      const link = free.pop();
      if (link) under.push(serve(link, at));
      else if (due.push(at) > LIMIT) throw new Error(`${contestant.name} falls behind at ${rate}/s`);
    });
    await Promise.all(under);
    return latencies;
  } finally {
    for (const link of all) link.close();
  }
}

/** A timer is late by up to a millisecond, which is not the server's: a request is due when the timer has fired. */
function arrivals(rate: number, seconds: number, arrive: (at: number) => void): Promise<void> {
  const begun = performance.now();
  let sent = 0;
  return new Promise((resolve, reject) => {
    const tick = (): void => {
      const now = performance.now();
      try {
        for (; sent < rate * seconds && begun + (sent * 1000) / rate <= now; sent += 1) arrive(now);
      } catch (error) {
        reject(error);
        return;
      }
      if (sent >= rate * seconds) resolve();
      else setTimeout(tick, Math.max(0, begun + (sent * 1000) / rate - performance.now()));
    };
    tick();
  });
}
