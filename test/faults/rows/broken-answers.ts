import type { Row, Shown, StoreStep } from '../row.ts';
import { POINTS } from './points.ts';
import {
  CUT_LINE,
  FAILED,
  FAILED_LINE,
  FAILED_OR_CUT,
  IS_HELLO,
  once,
  say,
  twice,
  UNKNOWN,
} from './texts.ts';

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

/** The chunks of a part may end where they like: how long the part is stands in its Content-Range. */
const PARTS = [
  { what: 'as long as it says', body: '5\r\nhello', whole: true },
  { what: 'shorter than it says', body: '4\r\nhell', whole: false },
  { what: 'longer than it says', body: '6\r\nhello!', whole: false },
].map(({ what, body, whole }): Row => {
  const head = 'HTTP/1.1 206 Partial Content\r\netag: "e"\r\ncontent-range: bytes 0-4/9';
  const cut: readonly Shown[] = [{ status: [206], body: 'cut' }, ...FAILED_OR_CUT];
  return {
    name: `a part in chunks, ${what}`,
    kind: 'end',
    store: {
      turns: [[say(`${head}\r\ntransfer-encoding: chunked\r\n\r\n${body}\r\n0\r\n\r\n`)]],
    },
    asks: [
      {
        objectKey: 'plain/a',
        fields: ['range: bytes=0-4'],
        shows: whole ? [{ status: [206], text: 'hello' }] : cut,
        line: whole ? {} : CUT_LINE,
      },
    ],
  };
});

export const BROKEN_ANSWERS: readonly Row[] = [...READS, ...WRITES, ...PARTS];
