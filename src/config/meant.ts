import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  msec: 1,
  millis: 1,
  milliseconds: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hrs: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** The duration that a number, or a text with another unit, stands for: `30` is `30s`, `5 min` is `5m`. */
export function durationMeant(written: unknown): string | undefined {
  const amount = amountOf(written, MILLISECONDS);
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const;
  const text = amount === undefined ? undefined : inUnits(amount, units);
  return text !== undefined && parseDuration(text) !== undefined ? text : undefined;
}

const KIB = 1024;
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  bytes: 1,
  k: KIB,
  kb: KIB,
  ki: KIB,
  kib: KIB,
  m: KIB ** 2,
  mb: KIB ** 2,
  mi: KIB ** 2,
  mib: KIB ** 2,
  g: KIB ** 3,
  gb: KIB ** 3,
  gi: KIB ** 3,
  gib: KIB ** 3,
};

/** The same of a size: `33554432` and `32MB` are `32MiB`. */
export function sizeMeant(written: unknown): string | undefined {
  const amount = amountOf(written, BYTES);
  const units = [
    ['MiB', KIB ** 2],
    ['KiB', KIB],
  ] as const;
  const text = amount === undefined ? undefined : inUnits(amount, units);
  return text !== undefined && parseSize(text) !== undefined ? text : undefined;
}

function amountOf(written: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof written !== 'number' && typeof written !== 'string') return undefined;
  const [, digits, unit] = /^ ?(\d{1,12}(?:\.\d{1,3})?) ?([A-Za-z]{0,12}) ?$/.exec(String(written)) ?? [];
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(digits) * factor;
}

function inUnits(amount: number, units: readonly (readonly [string, number])[]): string | undefined {
  const [name, factor] = units.find(([, size]) => amount % size === 0) ?? [];
  return name === undefined || factor === undefined || amount === 0 ? undefined : `${amount / factor}${name}`;
}
