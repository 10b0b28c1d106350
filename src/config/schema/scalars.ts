import { parseDuration } from '../duration.ts';
import { parseSize } from '../size.ts';
import * as z from '../zod.ts';

export const text = (what: string) => z.string().min(1, { error: 'must not be empty' }).describe(what);

export const choice = <const T extends readonly [string, ...string[]]>(values: T, what: string) =>
  z.enum(values).describe(what);

export const duration = (what: string, byDefault: string) =>
  z
    .string({ error: 'must be a duration such as "500ms", "5s" or "2m"' })
    .refine((value) => parseDuration(value) !== undefined, {
      error: 'must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m"',
    })
    .default(byDefault)
    .describe(what);

export const count = (what: string, byDefault: number, most: number) =>
  z
    .int({ error: `must be a whole number from 1 to ${most}` })
    .min(1, { error: 'must be at least 1' })
    .max(most, { error: `must be at most ${most}` })
    .default(byDefault)
    .describe(what);

/** Bytes, from `least` to `most`, which are sizes as the config has them. */
export const size = (what: string, byDefault: string, [least, most]: readonly [string, string]) => {
  const bytes = (value: string): number => parseSize(value) ?? Number.NaN;
  return z
    .string({ error: 'must be a size such as "64KiB" or "1MiB"' })
    .refine((value) => bytes(value) >= bytes(least) && bytes(value) <= bytes(most), {
      error: `must be a size from ${least} to ${most} such as "${byDefault}"`,
    })
    .default(byDefault)
    .describe(what);
};

/** A duration, or `off`. */
export const pause = (what: string, byDefault: string) =>
  z
    .string({ error: 'must be a duration such as "10s" or "2m", or off' })
    .refine((value) => value === 'off' || parseDuration(value) !== undefined, {
      error: 'must be off or a duration from 1 ms to 24 h such as "10s" or "2m"',
    })
    .default(byDefault)
    .describe(what);

/** In capitals and shorter than a key in hex, so that a key in the place of its name is refused, and never echoed. */
export const envName = (what: string) =>
  z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]{0,60}$/, {
      error: 'must be the name of an environment variable, in capital letters',
    })
    .describe(what);
