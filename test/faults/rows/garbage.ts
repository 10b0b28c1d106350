import type { Row } from '../row.ts';

import {
  answer,
  CUT,
  CUT_LINE,
  FAILED,
  FAILED_LINE,
  FAILED_OR_CUT,
  FOREVER,
  IS_HELLO,
  OK,
  once,
  say,
} from './texts.ts';

/** What is not HTTP. */
const HEADS: readonly Row[] = Object.entries({
  'another protocol': 'SSH-2.0-OpenSSH_9.9\r\n',
  'HTTP/0.9': '<html>hello</html>',
  'a lower-case protocol': answer('http/1.1 200 OK', 'hello'),
  'an empty line before the status': `\r\n${answer('HTTP/1.1 200 OK', 'hello')}`,
  'bare LF before the status': `\n${answer('HTTP/1.1 200 OK', 'hello')}`,
  'chunks of HTTP/1.0': 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/2': answer('HTTP/2.0 200 OK', 'hello'),
  'no status': answer('HTTP/1.1 OK', 'hello'),
  'a status of two digits': answer('HTTP/1.1 20 OK', 'hello'),
  'a status of four digits': answer('HTTP/1.1 2000 OK', 'hello'),
  'a signed status': answer('HTTP/1.1 +20 OK', 'hello'),
  'bare LF in the head': 'HTTP/1.1 200 OK\ncontent-length: 5\n\nhello',
  'bare CR in the head': 'HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 5\r\n\r\nhello',
  'a field without a colon': answer('HTTP/1.1 200 OK', 'hello', 'hello\r\n'),
  'a field with a space before the colon': answer('HTTP/1.1 200 OK', 'hello', 'x : a\r\n'),
  'a folded field': answer('HTTP/1.1 200 OK', 'hello', 'x: a\r\n b\r\n'),
  'a NUL in a field': answer('HTTP/1.1 200 OK', 'hello', 'x: a\0b\r\n'),
  'two different lengths': answer('HTTP/1.1 200 OK', 'hello', 'content-length: 4\r\n'),
  'a list of different lengths': `${OK}content-length: 5, 4\r\n\r\nhello`,
  'a negative length': `${OK}content-length: -5\r\n\r\nhello`,
  'a signed length': `${OK}content-length: +5\r\n\r\nhello`,
  'a hexadecimal length': `${OK}content-length: 0x5\r\n\r\nhello`,
  'an empty length': `${OK}content-length: \r\n\r\nhello`,
  'a length that overflows': `${OK}content-length: 18446744073709551621\r\n\r\nhello`,
  'chunked beside a length': `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'another coding beside chunked': `${OK}transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'chunked twice': `${OK}transfer-encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'chunked that is not last': `${OK}transfer-encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'a head of a megabyte': answer('HTTP/1.1 200 OK', 'hello', `x: ${'a'.repeat(1_000_000)}\r\n`),
  'a million fields': answer('HTTP/1.1 200 OK', 'hello', 'x: a\r\n'.repeat(1_000_000)),
}).map(
  ([what, text]): Row => ({
    name: `in place of an answer: ${what}`,
    kind: 'end',
    store: {
      turns: [
        [say(text), FOREVER],
        [say(text), FOREVER],
        [say(text), FOREVER],
      ],
    },
    timeouts: { headers: 3000, idle: 3000 },
    asks: [
      { objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE },
      { objectKey: 'sealed/a', body: 1000, shows: FAILED, line: FAILED_LINE },
    ],
  }),
);

/** What is not chunks, where chunks were announced: the answer must not look whole. */
const CHUNKS: readonly Row[] = Object.entries({
  'garbage in place of a size': 'hello\r\n',
  'no size': '\r\n',
  'a negative size': '-5\r\nhello\r\n0\r\n\r\n',
  'a signed size': '+5\r\nhello\r\n0\r\n\r\n',
  'a size with a prefix': '0x5\r\nhello\r\n0\r\n\r\n',
  'a size that overflows': '10000000000000005\r\nhello\r\n0\r\n\r\n',
  'bytes behind a chunk': '5\r\nhello!\r\n0\r\n\r\n',
  'a chunk without its end': '5\r\nhello0\r\n\r\n',
  'a size with bare LF': '5\nhello\n0\n\n',
  'endless extensions': `5;${'a'.repeat(300_000)}\r\nhello\r\n0\r\n\r\n`,
  'endless trailers': `5\r\nhello\r\n0\r\n${'x: y\r\n'.repeat(200_000)}\r\n`,
}).map(
  ([what, chunks]): Row => ({
    name: `in a body in chunks: ${what}`,
    kind: 'end',
    store: {
      turns: [
        [say(`${OK}transfer-encoding: chunked\r\n\r\n`), say(chunks), { end: 'fin' }],
        [say(`${OK}transfer-encoding: chunked\r\n\r\n`), say(chunks), { end: 'fin' }],
      ],
    },
    timeouts: { idle: 3000 },
    asks: [
      {
        objectKey: 'plain/a',
        shows: FAILED_OR_CUT,
        line: { ...CUT_LINE, codes: ['Truncated', 'ServiceUnavailable', 'InternalError'] },
      },
      { objectKey: 'plain/b', method: 'DELETE', shows: [...FAILED, ...CUT], line: { level: 'warn' } },
      { objectKey: 'plain/c', shows: IS_HELLO, line: once({}) },
    ],
  }),
);

export const GARBAGE: readonly Row[] = [...HEADS, ...CHUNKS];
