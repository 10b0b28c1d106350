import type { Row } from '../row.ts';
import {
  answer,
  FAILED,
  FAILED_LINE,
  FOREVER,
  GOOD_PUT,
  HELLO,
  IS_HELLO,
  IS_STORED,
  OK,
  once,
  say,
} from './texts.ts';

const LEFT = { codes: ['ClientLeft', 'InternalError', 'Truncated'] };
const NO_ECHO = answer('HTTP/1.1 200 OK', '', 'etag: "e"\r\n');

/** A store that does not encrypt, and a client that does not wait to hear of it: the proof is demanded all the same. */
const UNPROVEN = (['fin', 'reset'] as const).flatMap((how) =>
  [0, 1, 1000, 300_000].map(
    (body): Row => ({
      name: `a client that leaves by ${how} behind ${body} bytes, the whole of an upload, and a store that does not encrypt`,
      kind: 'end',
      store: { encrypts: false, turns: [[{ take: 'body' }, { hold: 'taken' }, say(NO_ECHO)]] },
      asks: [
        {
          method: 'PUT',
          objectKey: 'sealed/a',
          body,
          steps: [
            { send: 'head' },
            { send: [0, body] },
            { reached: 'taken' },
            { leave: how },
            { pauseMs: 200 },
            { release: 'taken' },
            { pauseMs: 500 },
          ],
          shows: 'left',
          line: { cause: /did not prove/ },
        },
        // The bucket is distrusted from then on.
        { objectKey: 'sealed/b', body: 10, shows: FAILED, line: { codes: ['ServiceUnavailable'] } },
        { objectKey: 'plain/b', body: 10, shows: IS_STORED },
      ],
      unproven: 1,
    }),
  ),
);

const AT_A_POINT: readonly Row[] = [
  {
    name: 'a client that stays, and a store that does not encrypt',
    kind: 'end',
    store: { encrypts: false },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 10,
        shows: [{ status: [500], codes: ['InternalError'] }],
        line: { ...FAILED_LINE, cause: /did not prove/ },
      },
      { objectKey: 'sealed/b', body: 10, shows: FAILED, line: { codes: ['ServiceUnavailable'] } },
    ],
    unproven: 1,
  },
  ...(['fin', 'reset'] as const).flatMap((how): Row[] => [
    {
      name: `a client that leaves by ${how} before its last byte`,
      kind: 'end',
      store: { turns: [[{ take: 900 }, { hold: 'taken' }, { take: 'body' }, say(GOOD_PUT)]] },
      asks: [
        {
          objectKey: 'sealed/a',
          body: 1000,
          steps: [
            { send: 'head' },
            { send: [0, 950] },
            { reached: 'taken' },
            { leave: how },
            { pauseMs: 200 },
            { release: 'taken' },
          ],
          shows: 'left',
          line: LEFT,
        },
        { objectKey: 'sealed/b', body: 10, shows: IS_STORED, line: once({}) },
      ],
      taken: { requests: [2], whole: 1, connections: [2] },
    },
    {
      name: `a client that leaves by ${how} behind its last byte, and a store that is silent`,
      kind: 'time',
      store: { turns: [[{ take: 'body' }, { hold: 'taken' }, FOREVER]] },
      timeouts: { headers: 1000, idle: 1000 },
      asks: [
        {
          objectKey: 'sealed/a',
          body: 1000,
          steps: [
            { send: 'head' },
            { send: [0, 1000] },
            { reached: 'taken' },
            { leave: how },
            { release: 'taken' },
          ],
          shows: 'left',
        },
        { objectKey: 'plain/b', shows: IS_HELLO },
      ],
      taken: { requests: [2], whole: 2 },
    },
    {
      name: `a client that leaves by ${how} while its object comes`,
      kind: 'end',
      store: { turns: [[say(`${OK}content-length: 30000000\r\n\r\n`), { object: [0, 30_000_000] }]] },
      asks: [
        { objectKey: 'plain/a', steps: [{ send: 'head' }, { until: 'head' }, { leave: how }], shows: 'left' },
        { objectKey: 'plain/b', shows: IS_HELLO },
      ],
      taken: { requests: [2], connections: [2] },
    },
    {
      name: `a client that leaves by ${how} while the store works`,
      kind: 'end',
      store: { turns: [[{ hold: 'there' }, say(HELLO)]] },
      asks: [
        {
          objectKey: 'plain/a',
          steps: [{ send: 'head' }, { reached: 'there' }, { leave: how }],
          shows: 'left',
          line: LEFT,
        },
        { objectKey: 'plain/b', shows: IS_HELLO },
      ],
      taken: { requests: [2], connections: [2] },
    },
  ]),
];

export const LEAVING: readonly Row[] = [...UNPROVEN, ...AT_A_POINT];
