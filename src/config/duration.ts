const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest duration that the config takes: timers overflow at 2^31 ms, and a day is long enough. */
const MAX_MS = 24 * 3_600_000;

/** Milliseconds as the config has them: `"250ms"`, `"60s"`, `"5m"`, `"1h"`. */
export function inWords(milliseconds: number): string {
  const { s, m, h } = UNITS;
  if (milliseconds % h === 0) return `${milliseconds / h}h`;
  if (milliseconds % m === 0 && milliseconds > 2 * m) return `${milliseconds / m}m`;
  return milliseconds % s === 0 ? `${milliseconds / s}s` : `${milliseconds}ms`;
}

/** `"500ms"`, `"5s"`, `"2m"`, `"1h"` → milliseconds from 1 to a day; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const milliseconds = Number(digits) * UNITS[unit as keyof typeof UNITS];
  return milliseconds >= 1 && milliseconds <= MAX_MS ? milliseconds : undefined;
}
