import type { IncomingHttpHeaders } from 'node:http';

/**
 * Fields of which Node keeps the first, and joins no others to it:
 * https://nodejs.org/api/http.html#messageheaders
 */
const FIRST_ONLY: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/** By lower-case name, with repeated fields joined or dropped as Node does it. @param raw name, value, name, value … */
export function joinedFields(raw: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const before = headers[name];
    if (name === 'set-cookie') headers[name] = Array.isArray(before) ? [...before, value] : [value];
    else if (before === undefined) headers[name] = value;
    else if (!FIRST_ONLY.has(name)) headers[name] = `${String(before)}, ${value}`;
  }
  return headers;
}

/** By lower-case name, with each value of a repeated field. */
export function distinctFields(raw: readonly string[]): NodeJS.Dict<string[]> {
  const distinct = Object.create(null) as NodeJS.Dict<string[]>;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const values = distinct[name];
    if (values) values.push(value);
    else distinct[name] = [value];
  }
  return distinct;
}
