/** Mulberry32: numbers from 0 up to 1 that a seed repeats. */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] as T;
}

const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '0',
  'f',
  ';',
  '=',
  ',',
  '/',
  '%',
  '%00',
  '%2F',
  '%',
  '&',
  '?',
  ':',
  ' ',
  '\t',
  '\0',
  'ÿ',
  '..',
  '//',
  '+',
  '-',
];

/** A text with a few edits: letters changed, cut out, doubled, moved, and what parsers stumble over put in. */
export function edited(random: Random, text: string): string {
  let result = text;
  const times = 1 + below(random, 4);
  for (let index = 0; index < times; index += 1) {
    const from = below(random, result.length + 1);
    const to = Math.min(result.length, from + below(random, pick(random, [2, 4, 80])));
    const piece = result.slice(from, to);
    const [before, after] = [result.slice(0, from), result.slice(to)];
    result = pick(random, [
      () => before + after,
      () => before + piece + piece + after,
      () => before + pick(random, WORDS) + result.slice(from),
      () => before + String.fromCharCode(below(random, 256)) + result.slice(from + 1),
      () => before + after.slice(0, 40) + piece + after.slice(40),
    ])();
  }
  return result;
}
