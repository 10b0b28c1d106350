import { parseDuration } from '../config/duration.ts';

/** A duration of a checked config. */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new TypeError('not a duration');
  return duration;
}
