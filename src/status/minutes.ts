/** So many minutes are kept: six hours. What is older is overwritten, and a restart loses all. */
export const MINUTES = 360;

/** What is added up for each minute. Times in milliseconds; `busy` is the share of the time that the process worked. */
export const COLUMNS = [
  'requests',
  'served',
  'refused',
  'left',
  'cut',
  'failed',
  'bytesIn',
  'bytesOut',
  'ms',
  'asked',
  'storeMs',
  'limited',
  'busy',
] as const;

export type Column = (typeof COLUMNS)[number];

/** Upper ends of the times that are told apart, in milliseconds: each is twice the one before, the last has no end. */
const TIMES = 18;

const WIDTH = COLUMNS.length + TIMES;
const AT = Object.fromEntries(COLUMNS.map((name, at) => [name, at])) as Record<Column, number>;
const MINUTE_MS = 60_000;

/** A clock that is set back by less goes on in the minute that runs. */
const CLOCK_MINUTES = 5;

/** The last minutes as numbers, oldest first: the columns, then how many requests took less than each of the times. */
export interface MinuteRows {
  /** The minute of the last row, counted from the epoch. */
  readonly last: number;
  readonly rows: readonly (readonly number[])[];
}

/** Figures of the last six hours, one row per minute, in one table that is made once: to count makes nothing. */
export class Minutes {
  readonly #table = new Float64Array(MINUTES * WIDTH);
  #first = 0;
  #minute = 0;
  #row = 0;

  isOver(now: number): boolean {
    return now >= (this.#minute + 1) * MINUTE_MS || now < (this.#minute - CLOCK_MINUTES) * MINUTE_MS;
  }

  /** Another minute begins. */
  turn(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    // What was counted by a clock that was ahead belongs to no time that is known.
    if (minute < this.#minute) this.#minute = 0;
    if (this.#minute === 0) {
      this.#table.fill(0);
      this.#first = minute;
    }
    const skipped = this.#minute === 0 ? 1 : Math.min(minute - this.#minute, MINUTES);
    for (let ago = 0; ago < skipped; ago += 1) {
      const row = rowOf(minute - ago);
      this.#table.fill(0, row, row + WIDTH);
    }
    this.#minute = minute;
    this.#row = rowOf(minute);
  }

  add(column: Column, value: number): void {
    const at = this.#row + AT[column];
    this.#table[at] = (this.#table[at] ?? 0) + value;
  }

  set(column: Column, value: number): void {
    this.#table[this.#row + AT[column]] = value;
  }

  /** A request took so long. */
  took(ms: number): void {
    const at = this.#row + COLUMNS.length + Math.min(TIMES - 1, ms < 1 ? 0 : Math.ceil(Math.log2(ms)));
    this.#table[at] = (this.#table[at] ?? 0) + 1;
  }

  rows(): MinuteRows {
    const count = this.#minute === 0 ? 0 : Math.min(MINUTES, this.#minute - this.#first + 1);
    const rows = Array.from({ length: count }, (_, index) => {
      const row = rowOf(this.#minute - count + 1 + index);
      return [...this.#table.subarray(row, row + WIDTH)];
    });
    return { last: this.#minute, rows };
  }
}

function rowOf(minute: number): number {
  return (minute % MINUTES) * WIDTH;
}

/** Those of several processes as one: the sum, and of `busy` the most. */
export function addMinutes(all: readonly MinuteRows[]): MinuteRows {
  const last = Math.max(0, ...all.map((one) => one.last));
  const count = Math.max(
    0,
    ...all.map((one) => (one.rows.length === 0 ? 0 : last - one.last + one.rows.length)),
  );
  const length = Math.min(MINUTES, count);
  const rows = Array.from({ length }, (_, index) => {
    const minute = last - length + 1 + index;
    const sum = Array.from({ length: WIDTH }, () => 0);
    for (const one of all) {
      const row = one.rows[one.rows.length - 1 - (one.last - minute)];
      row?.forEach((value, at) => {
        const before = sum[at] ?? 0;
        sum[at] = at === AT.busy ? Math.max(before, value) : before + value;
      });
    }
    return sum;
  });
  return { last, rows };
}

/** The last so many minutes, added up by column. */
export function sumOf(
  { last, rows }: MinuteRows,
  minutes: number,
  now: number,
): Readonly<Record<Column, number>> {
  const from = Math.floor(now / MINUTE_MS) - minutes;
  const recent = rows.filter((_, index) => last - rows.length + 1 + index > from);
  const sums = COLUMNS.map((name) => {
    const values = recent.map((row) => row[AT[name]] ?? 0);
    return [name, name === 'busy' ? Math.max(0, ...values) : values.reduce((sum, value) => sum + value, 0)];
  });
  return Object.fromEntries(sums) as Record<Column, number>;
}

/** The time below which this share of the requests of a row stayed, rounded up to one of the times; 0 without requests. */
export function timeBelow(row: readonly number[], share: number): number {
  const counts = row.slice(COLUMNS.length);
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return 0;
  let sum = 0;
  const at = counts.findIndex((count) => {
    sum += count;
    return sum >= wanted;
  });
  return 2 ** at;
}

export function valueIn(row: readonly number[], column: Column): number {
  return row[AT[column]] ?? 0;
}
