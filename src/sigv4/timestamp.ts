import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';

/** S3 lets a client's clock be 15 minutes off. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * The time of the signature according to the request, as `yyyymmddThhmmssZ`: from `x-amz-date`, otherwise from `Date`.
 * @throws S3Error AccessDenied when both are absent or invalid
 */
export function timestampOf(headers: WireHeaders): string {
  const amz = headers.single('x-amz-date');
  if (amz !== undefined && toMilliseconds(amz) !== undefined) return amz;
  const date = amz === undefined ? Date.parse(headers.single('date') ?? '') : Number.NaN;
  if (!Number.isNaN(date)) return toTimestamp(new Date(date));
  throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
}

/** @throws S3Error RequestTimeTooSkewed when the timestamp is more than 15 minutes from now */
export function checkTimestamp(timestamp: string, now: Date): void {
  const signedAt = toMilliseconds(timestamp) ?? Number.NaN;
  if (Math.abs(now.getTime() - signedAt) <= MAX_SKEW_MS) return;
  throw new S3Error(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      reason: skewed(signedAt - now.getTime()),
      fields: {
        RequestTime: timestamp,
        ServerTime: now.toISOString(),
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
      },
    },
  );
}

function skewed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `the clock of the client is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead' : 'behind'}, or an old request came again`;
}

export function toTimestamp(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== written.second) written = { second, text: date.toISOString().replace(/[:-]|\.\d{3}/g, '') };
  return written.text;
}

/** Milliseconds since 1970; undefined for anything but `yyyymmddThhmmssZ`. */
export function toMilliseconds(timestamp: string): number | undefined {
  if (timestamp === read.timestamp) return read.time;
  const time = parsed(timestamp);
  if (time !== undefined) read = { timestamp, time };
  return time;
}

/** What was written and read last: most requests are of the same second as those before. */
let written = { second: Number.NaN, text: '' };
let read = { timestamp: '19700101T000000Z', time: 0 };

function parsed(timestamp: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}
