import { z } from 'zod';

const named = (names: readonly string[]): string =>
  names.flatMap((name) => [name, name.toUpperCase()]).join('|');
const MONTHS = named(['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']);
const DAYS = named(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']);

/** A list of numbers, ranges and steps. */
const field = (value: string): string => {
  const part = `(\\*|\\?|(${value})(-(${value}))?)(/[1-9][0-9]?)?`;
  return `${part}(,${part})*`;
};

/** Minute, hour, day of the month, month, day of the week: what the API server takes for a CronJob, and has no other words for. */
const FIELDS = [
  '[0-5]?[0-9]',
  '[01]?[0-9]|2[0-3]',
  '0?[1-9]|[12][0-9]|3[01]',
  `0?[1-9]|1[0-2]|${MONTHS}`,
  `[0-6]|${DAYS}`,
].map(field);

const WORDS = '@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ([0-9]+(h|m|s))+)';

export const Schedule = z.string().regex(new RegExp(`^(${WORDS}|${FIELDS.join(' +')})$`));
