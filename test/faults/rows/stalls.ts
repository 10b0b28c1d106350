import type { Row, StoreStep } from '../row.ts';
import { POINTS } from './points.ts';
import {
  CUT_LINE,
  FAILED,
  FAILED_LINE,
  FAILED_OR_CUT,
  FOREVER,
  IS_HELLO,
  OK,
  once,
  say,
  UNKNOWN,
} from './texts.ts';

/** The store falls silent: each wait has its deadline. */
const SILENT = Object.entries(POINTS).flatMap(([point, { said, head }]): Row[] => [
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
        line: { ...FAILED_LINE, codes: ['SlowDown'], attempts: 0 },
      },
      {
        objectKey: 'sealed/a',
        body: 100_000,
        shows: [{ status: [503], codes: ['SlowDown'] }],
        line: { ...FAILED_LINE, codes: ['SlowDown'], attempts: 0 },
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
        line: { ...FAILED_LINE, codes: ['SlowDown'], attempts: 0 },
      },
    ],
  },
  ...Object.entries({
    'stalls before it begins': [FOREVER],
    'stalls in the server hello': [say('\x16\x03\x03\x00\x7a\x02\x00'), FOREVER],
    drips: [{ flood: '\x16\x03\x03', times: 'endless', everyMs: 100 }],
    'is reset': [{ pauseMs: 30 }, { end: 'reset' }],
    ends: [{ end: 'fin' }],
    'is garbage': [say('SSH-2.0-OpenSSH_9.9\r\n')],
  } satisfies Readonly<Record<string, readonly StoreStep[]>>).map(
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

export const STALLS: readonly Row[] = [...SILENT, ...DRIPS, ...CONNECTING];
