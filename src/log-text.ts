import type { RequestFields } from './log-line.ts';

/** Stand by themselves, in this order: the rest has its name before it. */
const FIRST = ['method', 'status', 'outcome', 'op'] as const;
const PLACED: ReadonlySet<string> = new Set([...FIRST, 'ms', 'bucket', 'objectKey', 'level', 'time', 'msg']);

/**
 * The line of a request for people:
 * `2026-06-01T12:00:00.000Z info PUT 200 served PutObject 12.3ms s3://bucket/key client=… bytesIn=…`
 */
export function requestText(level: string, time: string, fields: RequestFields): string {
  const words = FIRST.map((name) => fields[name]).filter((value) => value !== undefined);
  const place =
    fields.bucket === undefined ? '' : ` s3://${shown(`${fields.bucket}/${fields.objectKey ?? ''}`)}`;
  return `${time} ${level} ${words.join(' ')} ${fields.ms}ms${place}${rest(fields)}\n`;
}

/** Any other line, from what it is in JSON. */
export function lineText(line: string): string {
  const { time, level, msg = '', ...fields } = JSON.parse(line) as Told;
  return `${time} ${level} ${plain(msg)}${rest(fields, new Set())}\n`;
}

interface Told extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
}

function rest(fields: object, placed = PLACED): string {
  let text = '';
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined || placed.has(name)) continue;
    text += ` ${name}=${typeof value === 'string' ? shown(value) : plain(JSON.stringify(value))}`;
  }
  return text;
}

/** A text that holds a space, or what looks like the end of it, is quoted. */
function shown(text: string): string {
  return BARE.test(text) ? text : plain(JSON.stringify(text));
}

const BARE = /^[\w.:/@+%~*,;!()-]+$/;

/** What moves a cursor, colours a terminal or turns the direction of the text is written as JSON has it. */
function plain(text: string): string {
  return text.replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
