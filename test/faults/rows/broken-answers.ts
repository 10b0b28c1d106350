import type { Row, StoreStep } from '../row.ts';
import { POINTS } from './points.ts';
import { CUT_LINE, FAILED, FAILED_LINE, FAILED_OR_CUT, IS_HELLO, once, twice, UNKNOWN } from './texts.ts';

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

export const BROKEN_ANSWERS: readonly Row[] = [...READS, ...WRITES];
