const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest duration that the config takes: timers overflow at 2^31 ms, and a day is long enough. */
const MAX_MS = 24 * 3_600_000;

/** `"500ms"`, `"5s"`, `"2m"`, `"1h"` → milliseconds from 1 to a day; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const milliseconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return milliseconds >= 1 && milliseconds <= MAX_MS ? milliseconds : undefined;
}
