import { parseDuration } from '../config/duration.ts';
import { parseSize } from '../config/size.ts';

/** A duration of a checked config. */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new TypeError('not a duration');
  return duration;
}

/** A size of a checked config. */
export function bytesOf(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new TypeError('not a size');
  return bytes;
}
