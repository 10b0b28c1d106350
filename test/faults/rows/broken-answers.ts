import type { Row, StoreStep } from '../row.ts';
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
  twice,
  UNKNOWN,
} from './texts.ts';

/** Where in an answer the store may break off: what has been said by then. */
const POINTS: Readonly<Record<string, { readonly said: readonly StoreStep[]; readonly head: boolean }>> = {
  'before the head': { said: [], head: false },
  'in the status line': { said: [say('HTTP/1.1 20')], head: false },
  'in the head': { said: [say(`${OK}@echocontent-le`)], head: false },
  'between head and body': { said: [say(`${OK}@echocontent-length: 100000\r\n\r\n`)], head: true },
  'in a body with a length': {
    said: [say(`${OK}@echocontent-length: 100000\r\n\r\n`), { object: [0, 40_000] }],
    head: true,
  },
  'before the first chunk': { said: [say(`${OK}@echotransfer-encoding: chunked\r\n\r\n`)], head: true },
  'in the size of a chunk': {
    said: [
      say(`${OK}@echotransfer-encoding: chunked\r\n\r\n`),
      { object: [0, 40_000], chunked: true },
      say('4'),
    ],
    head: true,
  },
  'in a chunk': { said: [say(`${OK}@echotransfer-encoding: chunked\r\n\r\n100\r\nhello`)], head: true },
  'before the last chunk': {
    said: [say(`${OK}@echotransfer-encoding: chunked\r\n\r\n`), { object: [0, 40_000], chunked: true }],
    head: true,
  },
  'in the last chunk': {
    said: [say(`${OK}@echotransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`)],
    head: true,
  },
  'in the trailers': {
    said: [say(`${OK}@echotransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-a: b`)],
    head: true,
  },
};

const WAYS: Readonly<Record<string, readonly StoreStep[]>> = {
  'is reset': [{ pauseMs: 50 }, { end: 'reset' }],
  ends: [{ end: 'fin' }],
};

/** An answer that breaks off never looks whole, and a read whose answer had not begun goes once more. */
const READS = Object.entries(WAYS).flatMap(([way, end]) =>
  Object.entries(POINTS).map(
    ([point, { said, head }]): Row => ({
      name: `an answer ${way} ${point}`,
      kind: 'end',
      store: { turns: Array.from({ length: 2 }, () => [...said, ...end]) },
      asks: [
        {
          objectKey: 'plain/a',
          shows: head ? FAILED_OR_CUT : FAILED,
          line: head
            ? { ...CUT_LINE, codes: ['Truncated', 'ServiceUnavailable', 'InternalError'] }
            : twice(FAILED_LINE),
        },
        ...(head ? [] : [{ objectKey: 'plain/b', shows: IS_HELLO, line: once({}) }]),
      ],
      taken: head ? { requests: [1, 2] } : { requests: [3], connections: [3] },
    }),
  ),
);

const WRITES = Object.entries(WAYS).flatMap(([way, end]) =>
  ['before the head', 'in the head'].map(
    (point): Row => ({
      name: `the answer to an upload ${way} ${point}`,
      kind: 'end',
      store: { turns: [[{ take: 'body' }, ...(POINTS[point]?.said ?? []), ...end]] },
      asks: [{ objectKey: 'sealed/a', body: 50_000, shows: UNKNOWN, line: once(FAILED_LINE) }],
      taken: { requests: [1], whole: 1 },
    }),
  ),
);

/** The store falls silent: each wait has its deadline. */
const STALLS = Object.entries(POINTS).flatMap(([point, { said, head }]): Row[] => [
  {
    name: `an answer stalls ${point}`,
    kind: 'time',
    store: { turns: [[...said, FOREVER]] },
    timeouts: head ? { idle: 700 } : { headers: 700 },
    asks: [
      {
        objectKey: 'sealed/a',
        shows: head ? FAILED_OR_CUT : FAILED,
        line: head
          ? { ...CUT_LINE, codes: ['Truncated', 'ServiceUnavailable', 'InternalError'] }
          : once(FAILED_LINE),
      },
      { objectKey: 'plain/b', shows: IS_HELLO, line: once({}) },
    ],
    taken: { requests: [2], connections: [2] },
  },
]);

/** A byte now and then is no progress where a deadline is for the whole. */
const DRIPS: readonly Row[] = [
  {
    name: 'a head that drips has the deadline of a head',
    kind: 'time',
    store: { turns: [[say(OK), { flood: 'x-a: b\r\n', times: 'endless', everyMs: 100 }]] },
    timeouts: { headers: 700 },
    asks: [{ objectKey: 'plain/a', shows: FAILED, line: once(FAILED_LINE) }],
  },
  {
    name: 'an error document that drips has a deadline',
    kind: 'time',
    store: {
      turns: [
        [
          say('HTTP/1.1 404 Not Found\r\ncontent-length: 5000\r\n\r\n<Error>'),
          { flood: ' ', times: 'endless', everyMs: 100 },
        ],
      ],
    },
    timeouts: { document: 700 },
    asks: [{ objectKey: 'plain/a', shows: [{ status: [404, 500, 502, 503] }], line: { attempts: 1 } }],
  },
  {
    name: 'a list that drips is cut by no deadline of a head',
    kind: 'time',
    store: { turns: [[say(`${OK}content-length: 40\r\n\r\n`), { flood: 'a', times: 40, everyMs: 50 }]] },
    timeouts: { headers: 700 },
    asks: [{ objectKey: 'plain/a', shows: [{ status: [200], text: 'a'.repeat(40) }], line: once({}) }],
  },
];

/** Before the answer, there is a connection. */
const CONNECTING: readonly Row[] = [
  {
    name: 'nobody listens',
    kind: 'end',
    store: { socket: 'closed' },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [503], codes: ['SlowDown'] }],
        line: { ...FAILED_LINE, codes: ['SlowDown'] },
      },
      {
        objectKey: 'sealed/a',
        body: 100_000,
        shows: [{ status: [503], codes: ['SlowDown'] }],
        line: { ...FAILED_LINE, codes: ['SlowDown'] },
      },
    ],
  },
  {
    name: 'no connection is accepted',
    kind: 'time',
    store: { socket: 'deaf' },
    timeouts: { connect: 700 },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [503], codes: ['SlowDown'] }],
        line: { ...FAILED_LINE, codes: ['SlowDown'] },
      },
    ],
  },
  ...Object.entries({
    'stalls before it begins': [FOREVER],
    'stalls in the server hello': [say('\x16\x03\x03\x00\x7a\x02\x00'), FOREVER],
    drips: [{ flood: '\x16\x03\x03', times: 'endless', everyMs: 100 } as StoreStep],
    'is reset': [{ pauseMs: 30 } as StoreStep, { end: 'reset' } as StoreStep],
    ends: [{ end: 'fin' } as StoreStep],
    'is garbage': [say('SSH-2.0-OpenSSH_9.9\r\n')],
  }).map(
    ([what, handshake]): Row => ({
      name: `a handshake that ${what}`,
      kind: 'time',
      over: 'tls',
      store: { handshake },
      timeouts: { connect: 1500 },
      asks: [
        {
          objectKey: 'plain/a',
          body: 1000,
          shows: [{ status: [503], codes: ['SlowDown', 'ServiceUnavailable'] }],
          line: FAILED_LINE,
        },
      ],
      taken: { requests: [0] },
    }),
  ),
  {
    name: 'a store that resets each connection as soon as it stands',
    kind: 'end',
    store: { greeting: [{ end: 'reset' }] },
    asks: [
      { objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE },
      { objectKey: 'plain/b', body: 100_000, shows: FAILED, line: FAILED_LINE },
    ],
    taken: { whole: 0 },
  },
  {
    name: 'a store that does not read the body',
    kind: 'time',
    store: { turns: [[{ deaf: true }, FOREVER]] },
    timeouts: { idle: 700 },
    asks: [{ objectKey: 'plain/a', body: 30_000_000, shows: UNKNOWN, line: once(FAILED_LINE) }],
    taken: { whole: 0 },
  },
];

/** What is not HTTP. */
const GARBAGE: readonly Row[] = Object.entries({
  'another protocol': 'SSH-2.0-OpenSSH_9.9\r\n',
  'HTTP/0.9': '<html>hello</html>',
  'a lower-case protocol': answer('http/1.1 200 OK', 'hello'),
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

export const BROKEN_ANSWERS: readonly Row[] = [
  ...READS,
  ...WRITES,
  ...STALLS,
  ...DRIPS,
  ...CONNECTING,
  ...GARBAGE,
  ...CHUNKS,
];
