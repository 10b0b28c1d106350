import { parseDuration } from '../config/duration.ts';

/** A duration of a config that was checked. */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new TypeError('a duration is not one');
  return duration;
}
