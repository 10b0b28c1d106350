import { LineBytes } from './line-bytes.ts';
import type { Outcome } from './outcome.ts';

/**
 * What a store has against the proxy itself: its credentials, its clock, the region it signs for, the address that it asks, or
 * what it says.
 */
export type StoreRefusal = 'credentials' | 'clock' | 'region' | 'address' | 'protocol';

/** What the one log line of a request may hold. Nothing secret: ids and fingerprints only. What has no name here is not printed. */
export interface RequestFields {
  /** 16 hex digits: in the response's `x-amz-request-id`, in errors and in the log. */
  id?: string | undefined;
  method?: string | undefined;
  /** As it was sent; when nothing was: 499 if the client left, 503 in a drain, else 500. */
  status?: number | undefined;
  outcome?: Outcome | undefined;
  /** Milliseconds until the last byte was handed to the system. */
  ms?: number | undefined;
  /** Milliseconds until the head of the answer was written. */
  firstByteMs?: number | undefined;
  /** How long the store was waited for in the last attempt, in milliseconds, up to the head of its answer. */
  storeMs?: number | undefined;
  /** How long it waited for a connection to be free, in milliseconds. */
  waitedMs?: number | undefined;
  /** Of the body of the request, in bytes: its length if all of it came, else what was passed on of it. */
  bytesIn?: number | undefined;
  /** Of the body of the answer, in bytes that the system took. */
  bytesOut?: number | undefined;
  client?: string | undefined;
  /** The access key id that one who failed to log in gave. Anybody can claim any. */
  claimed?: string | undefined;
  op?: string | undefined;
  bucket?: string | undefined;
  objectKey?: string | undefined;
  /** The path of the target, where it is not known what it means. */
  path?: string | undefined;
  rule?: string | undefined;
  /** Where it went: its path in the config. */
  upstream?: string | undefined;
  /** The region of that, as the last attempt was signed. */
  region?: string | undefined;
  /** The id of the SSE-C key that went to the store last. */
  ssecKeyId?: string | undefined;
  /** How many requests to the store it took. */
  attempts?: number | undefined;
  /** To the store, in the last attempt. */
  connection?: 'new' | 'reused' | undefined;
  /** Why there was more than one: `reset`, `region`, `key`, in their order. */
  retried?: string | undefined;
  /** The object that was read is stored in plain, under an encrypting rule. */
  plain?: true | undefined;
  upstreamStatus?: number | undefined;
  upstreamRequestId?: string | undefined;
  /** Code of the S3 error that the client got. */
  code?: string | undefined;
  /** What the store has against the proxy, if it has. */
  storeRefusal?: StoreRefusal | undefined;
  /** For operators: what lies behind the error. */
  cause?: string | undefined;
  /** The address of the client. */
  remote?: string | undefined;
  /** Of the client's connection, as `TLSv1.3`; none in plain HTTP. */
  tls?: string | undefined;
  userAgent?: string | undefined;
  /** The trace that the request belongs to: 32 hex digits. */
  trace?: string | undefined;
}

/**
 * Nothing said yet. All of its fields are there from the beginning: one that grows by a field at a time is copied again and
 * again.
 */
export function emptyFields(): RequestFields {
  return {
    id: undefined,
    method: undefined,
    status: undefined,
    outcome: undefined,
    ms: undefined,
    firstByteMs: undefined,
    storeMs: undefined,
    waitedMs: undefined,
    bytesIn: undefined,
    bytesOut: undefined,
    client: undefined,
    claimed: undefined,
    op: undefined,
    bucket: undefined,
    objectKey: undefined,
    path: undefined,
    rule: undefined,
    upstream: undefined,
    region: undefined,
    ssecKeyId: undefined,
    attempts: undefined,
    connection: undefined,
    retried: undefined,
    plain: undefined,
    upstreamStatus: undefined,
    upstreamRequestId: undefined,
    code: undefined,
    storeRefusal: undefined,
    cause: undefined,
    remote: undefined,
    tls: undefined,
    userAgent: undefined,
    trace: undefined,
  } satisfies Record<keyof RequestFields, undefined>;
}

const ALL = printed(Object.keys(emptyFields()) as readonly (keyof RequestFields)[]);

export type RequestLevel = 'info' | 'warn';

/** The time of now, as lines have it. */
export function timeNow(): string {
  const now = Date.now();
  return `${secondOf(now)}${String(now % 1000).padStart(3, '0')}Z`;
}

/** The log line of a request, from its fixed set of fields. */
export function requestLine(level: RequestLevel, fields: RequestFields): string {
  return requestBytes(level, fields).toString();
}

/** The same, until the next line is made. */
export function requestBytes(level: RequestLevel, fields: RequestFields): LineBytes {
  LINE.clear().ascii(BEGUN[level]);
  addTime(LINE);
  LINE.ascii('"');
  const { names, labels } = ALL;
  let at = 0;
  // To go through a record costs half of asking it for each of the names.
  for (const name in fields) {
    // Nearly always it is as `emptyFields` made it. What has no name here is not printed.
    const place = names[at] === name ? at : names.indexOf(name as keyof RequestFields);
    at += 1;
    if (place >= 0) addField(LINE, labels[place] as string, fields[name as keyof RequestFields]);
  }
  return LINE.ascii(REQUEST_END);
}

/** Lines are made one at a time. */
const LINE = new LineBytes();

/** Some of the fields, in the order in which they are printed. */
export interface Printed {
  readonly names: readonly (keyof RequestFields)[];
  /** The name of each with all that stands around it. */
  readonly labels: readonly string[];
}

export function printed(names: readonly (keyof RequestFields)[]): Printed {
  return { names, labels: names.map((name) => `,"${name}":`) };
}

/** Adds what is known of these fields, behind others in an object of JSON. */
export function addFields(line: LineBytes, fields: RequestFields, { names, labels }: Printed): void {
  for (let at = 0; at < names.length; at += 1)
    addField(line, labels[at] as string, fields[names[at] as keyof RequestFields]);
}

function addField(line: LineBytes, label: string, value: string | number | true | undefined): void {
  if (value === undefined) return;
  line.ascii(label);
  if (typeof value === 'string') line.json(value);
  else if (typeof value === 'number') line.number(value);
  else line.ascii(String(value));
}

/** Adds the time of now. */
export function addTime(line: LineBytes): void {
  const now = Date.now();
  line
    .ascii(secondOf(now))
    .thousandth(now % 1000)
    .ascii('Z');
}

const BEGUN: Readonly<Record<RequestLevel, string>> = {
  info: '{"level":"info","time":"',
  warn: '{"level":"warn","time":"',
};
const REQUEST_END = ',"msg":"request"}\n';

/** The line that stands where others are missing. */
export function droppedLine(count: number, cause: string): string {
  return `${BEGUN.warn}${timeNow()}","dropped":${count},"cause":${JSON.stringify(cause)},"msg":"log lines were dropped"}\n`;
}

/** The time as `toISOString()` has it, up to the milliseconds. That writes the second again each time. */
function secondOf(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== written.second) written = { second, text: new Date(now).toISOString().slice(0, -4) };
  return written.text;
}

let written = { second: Number.NaN, text: '' };
