import { type Debugged, debugged } from '../admin/debug.ts';
import type { Place } from './place.ts';

/** For the worker's answer, when its time is over, in milliseconds. */
const ANSWER_MS = 10_000;

/** The master itself, or a worker by its number. */
export function debuggedIn(places: readonly Place[]): (worker: number | undefined) => Debugged | undefined {
  const own = debugged();
  return (worker) => {
    if (worker === undefined) return own;
    const channel = places.find(({ number, serving }) => number === worker && serving)?.channel;
    return (
      channel && {
        profile: async (seconds) =>
          (await channel.ask('profile', { seconds }, seconds * 1000 + ANSWER_MS)) ?? {},
        memory: async () => (await channel.ask('memory', {}, ANSWER_MS)) ?? {},
      }
    );
  };
}
