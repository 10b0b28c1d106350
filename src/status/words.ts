const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
] as const;

/** A time as people say it: `5 minutes`. */
export function inTime(ms: number): string {
  const [length, unit] = UNITS.find(([one]) => ms >= one) ?? [1000, 'second'];
  return plural(Math.max(1, Math.floor(ms / length)), unit);
}

/** How long ago something was. */
export function ago(at: number, now: number): string {
  return inTime(Math.max(0, now - at));
}

export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
