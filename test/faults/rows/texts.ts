import type { Line, Shown, StoreStep } from '../row.ts';

/** What many rows say and show. */
export const OK = 'HTTP/1.1 200 OK\r\n';

/** A whole answer with a length. */
export function answer(start: string, body = '', fields = ''): string {
  return `${start}\r\n${fields}content-length: ${body.length}\r\n\r\n${body}`;
}

export const say = (text: string): StoreStep => ({ say: text });

export function errorDocument(code: string, message = 'It was refused.'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

export const REFUSED = answer(
  'HTTP/1.1 400 Bad Request',
  errorDocument('InvalidTag'),
  'content-type: application/xml\r\n',
);
export const DENIED = answer('HTTP/1.1 403 Forbidden', errorDocument('AccessDenied'));
export const GOOD_PUT = answer('HTTP/1.1 200 OK', '', '{echo}etag: "e"\r\n');
export const HELLO = answer('HTTP/1.1 200 OK', 'hello', '{echo}etag: "e"\r\n');

/** The store did not give an answer that can be used, and the client may try again. */
export const FAILED: readonly Shown[] = [
  { status: [500, 502, 503], codes: ['ServiceUnavailable', 'InternalError', 'SlowDown'] },
];
/** The outcome of a write is not known: the client is told to try again. */
export const UNKNOWN: readonly Shown[] = [{ status: [503], codes: ['ServiceUnavailable'] }];
export const CUT: readonly Shown[] = [{ status: [200], body: 'cut' }];
/** A failure that came before or after the head of the answer had gone on, or had been written at least. */
export const FAILED_OR_CUT: readonly Shown[] = [...FAILED, ...CUT, { status: 'none' }];
export const IS_HELLO: readonly Shown[] = [{ status: [200], text: 'hello' }];
export const IS_STORED: readonly Shown[] = [{ status: [200], text: '' }];

export const FAILED_LINE: Line = {
  codes: ['ServiceUnavailable', 'InternalError', 'SlowDown'],
  level: 'warn',
  cause: /./,
};
export const CUT_LINE: Line = { codes: ['Truncated'], level: 'warn', cause: /./ };
/** What comes of a read of the proxy that is repeated once, and of one that is not. */
export const once = (line: Line): Line => ({ ...line, attempts: 1 });
export const twice = (line: Line): Line => ({ ...line, attempts: 2 });
/** Longer than any deadline that a row sets. */
export const FOREVER: StoreStep = { hold: 'forever' };
