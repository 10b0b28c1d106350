import type { Head } from './head.ts';
import { malformed } from './malformed.ts';

/** Where an answer ends, and what may follow. https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
export interface Framing {
  readonly body: Body;
  /** May the connection carry another request? */
  readonly keepAlive: boolean;
}

type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-end' };

const NONE: Body = { kind: 'none' };
const CHUNKED: Body = { kind: 'chunked' };
const UNTIL_END: Body = { kind: 'until-end' };

/** In digits: more than any object has, and exact as a number. */
const LENGTH = /^[0-9]{1,15}$/;

/** Among the options of the connection. */
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/;
const KEEP_ALIVE = /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/;

/** @throws UpstreamError malformed for what two readers could take for different answers */
export function framingOf({ status, minor, rawHeaders }: Head, method: string): Framing {
  let length: string | undefined;
  let coding: string | undefined;
  let connection = '';
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    // Names of other lengths need no copy in lower case.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== undefined) throw malformed('it has two lengths');
      length = value;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (coding !== undefined) throw malformed('it has two transfer codings');
      coding = value.toLowerCase();
    } else if (name.length === 10 && name.toLowerCase() === 'connection') {
      connection += `,${value.toLowerCase()}`;
    }
  }
  if (length !== undefined && !LENGTH.test(length)) throw malformed('its length is not a number');
  if (length !== undefined && coding !== undefined) throw malformed('it has a length and a transfer coding');
  if (coding !== undefined && minor === 0) throw malformed('it is of HTTP/1.0 and has a transfer coding');
  if (coding !== undefined && coding !== 'chunked')
    throw malformed('it has a transfer coding that nobody asked for');
  const body = bodyOf(status, method, length, coding);
  return { body, keepAlive: body !== UNTIL_END && keepsAlive(minor, connection) };
}

function bodyOf(
  status: number,
  method: string,
  length: string | undefined,
  coding: string | undefined,
): Body {
  if ((status >= 100 && status < 200) || status === 204) {
    // "A server MUST NOT send a Content-Length header field" here; of no bytes it says the same.
    if (coding !== undefined || Number(length ?? 0) > 0) throw malformed(`it is a ${status} with a body`);
    return NONE;
  }
  if (method === 'HEAD' || status === 304) return NONE;
  if (coding !== undefined) return CHUNKED;
  if (length === undefined) return UNTIL_END;
  const bytes = Number(length);
  return bytes === 0 ? NONE : { kind: 'length', bytes };
}

function keepsAlive(minor: number, connection: string): boolean {
  if (connection === '') return minor === 1;
  return !CLOSE.test(connection) && (minor === 1 || KEEP_ALIVE.test(connection));
}
