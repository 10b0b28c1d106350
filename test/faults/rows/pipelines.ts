import type { Ask, Row, Shown, StoreStep } from '../row.ts';
import { DENIED, FAILED, FAILED_LINE, HELLO, IS_HELLO, IS_STORED, OK, once, REFUSED, say } from './texts.ts';

const object = (size: number, framing: 'length' | 'chunked' = 'length'): Ask => ({
  objectKey: `plain/${framing}-${size}`,
  shows: [{ status: [200], object: size }],
});
const stored = (objectKey: string, body: number): Ask => ({ objectKey, body, shows: IS_STORED });
/** What stands behind the end of a connection gets no answer, and is no request. */
const NOTHING: readonly Shown[] = [{ status: 'none' }];
const unasked = (ask: Ask): Ask => ({ ...ask, shows: NOTHING, line: 'none' });

/** A good store: each answer is that of its own request, in their order. */
const GOOD: readonly Row[] = Object.entries<readonly Ask[]>({
  'two GETs': [object(1000), object(3)],
  'three GETs, the first the largest': [object(300_000, 'chunked'), object(70_000), object(3)],
  'a GET, a HEAD and a GET': [
    object(1000),
    { method: 'HEAD', objectKey: 'plain/length-500', shows: [{ status: [200], text: '' }] },
    object(30),
  ],
  'a PUT and a GET': [stored('sealed/a', 1000), object(700, 'chunked')],
  'three PUTs': [stored('sealed/a', 100_000), stored('plain/b', 1), stored('sealed/c', 5000)],
  'a GET, a DELETE and a PUT': [
    object(40_000),
    { method: 'DELETE', objectKey: 'plain/b', shows: [{ status: [204], text: '' }] },
    stored('sealed/c', 900),
  ],
}).map(
  ([what, asks]): Row => ({
    name: `${what} in one write`,
    kind: 'end',
    pipelined: true,
    store: {},
    asks,
    taken: { requests: [asks.length], whole: asks.length },
  }),
);

const failed = (ask: Ask): Ask => ({ ...ask, shows: FAILED, line: FAILED_LINE });
const BROKEN: StoreStep[] = [{ take: 'body' }, { end: 'reset' }];

/** A store that fails: the failure is that of the one request. Writes wait for the answer before them. */
const FAILING: readonly Row[] = [
  {
    name: 'three GETs in one write, and a store that resets them all',
    kind: 'end',
    pipelined: true,
    store: { turns: Array.from({ length: 6 }, () => [{ end: 'reset' }] as const) },
    asks: [failed(object(1000)), failed(object(2000)), failed(object(3000))],
  },
  {
    name: 'three PUTs in one write, and a store that resets the first',
    kind: 'end',
    pipelined: true,
    store: { turns: [BROKEN] },
    asks: [
      { ...stored('sealed/a', 1000), shows: FAILED, line: once(FAILED_LINE) },
      stored('sealed/b', 2000),
      stored('plain/c', 3000),
    ],
    taken: { requests: [3], whole: 3 },
  },
  {
    name: 'three PUTs in one write, and a store that resets the second',
    kind: 'end',
    pipelined: true,
    store: { turns: [undefined, BROKEN] },
    asks: [
      stored('plain/a', 1000),
      { ...stored('sealed/b', 2000), shows: FAILED, line: once(FAILED_LINE) },
      stored('sealed/c', 3000),
    ],
    taken: { requests: [3], whole: 3 },
  },
  {
    name: 'a PUT and two GETs in one write, and a store that refuses the PUT',
    kind: 'end',
    pipelined: true,
    store: { turns: [[{ take: 'body' }, say(DENIED)]] },
    asks: [
      { ...stored('sealed/a', 1000), shows: [{ status: [403], codes: ['AccessDenied'] }] },
      object(1000),
      object(20, 'chunked'),
    ],
    taken: { requests: [3] },
  },
  {
    name: 'a GET and a PUT in one write, and a store that cuts the object',
    kind: 'end',
    pipelined: true,
    store: {
      turns: [
        [
          say(`${OK}content-length: 100000\r\n\r\n`),
          { object: [0, 40_000] },
          { pauseMs: 200 },
          { end: 'reset' },
        ],
      ],
    },
    asks: [
      { objectKey: 'plain/a', shows: [{ status: [200], body: 'cut' }], line: { codes: ['Truncated'] } },
      unasked(stored('sealed/b', 100)),
    ],
    taken: { requests: [1] },
  },
  {
    name: 'two GETs in one write, and a store that is slow with the first',
    kind: 'end',
    pipelined: true,
    store: { turns: [[{ pauseMs: 500 }, say(HELLO)], [say(HELLO)]] },
    asks: [
      { objectKey: 'plain/a', shows: IS_HELLO },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { requests: [2] },
  },
];

/** What is left of a body that was refused is no request, and neither is what stands behind it. */
const REFUSALS: readonly Row[] = [
  {
    name: 'a PUT that the store refuses early, and a GET behind it in one write',
    kind: 'end',
    pipelined: true,
    // Of so large a body the buffers on the way don't hold the rest.
    store: { turns: [[{ take: 1000 }, { deaf: true }, say(REFUSED)]] },
    asks: [
      {
        ...stored('sealed/a', 20_000_000),
        shows: [{ status: [400], codes: ['InvalidTag'] }],
        line: once({}),
      },
      unasked(object(1000)),
    ],
    taken: { requests: [1] },
  },
  {
    name: 'a PUT that the proxy refuses, and a GET behind it in one write',
    kind: 'end',
    pipelined: true,
    store: {},
    asks: [
      {
        ...stored('sealed/a', 3_000_000),
        fields: ['x-amz-unknown: 1'],
        shows: [{ status: [400, 501] }],
      },
      unasked(object(1000)),
    ],
    taken: { requests: [0] },
  },
];

const TAIL = 'Host: localhost\r\n\r\n';
/** Requests that two readers could take for different ones. */
const FAULTS: Readonly<Record<string, string>> = {
  'no HTTP at all': 'hello, is this a store?\r\n\r\n',
  'two lengths': `PUT /@bucket/plain/two HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n${TAIL}hello`,
  'a length and chunks': `PUT /@bucket/plain/two HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${TAIL}0\r\n\r\n`,
  'a space in front of a colon': `GET /@bucket/plain/two HTTP/1.1\r\nX-A : b\r\n${TAIL}`,
  'a field without CR': `GET /@bucket/plain/two HTTP/1.1\r\nX-A: b\nX-C: d\r\n${TAIL}`,
  'a chunk without a size': `PUT /@bucket/plain/two HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${TAIL}zz\r\nhello\r\n0\r\n\r\n`,
  'no version': 'GET /@bucket/plain/two\r\n\r\n',
};

/** The answer before it is whole; it gets a refusal or an end, and what stands behind it is no request. */
const FRAMING: readonly Row[] = Object.entries(FAULTS).flatMap(([what, raw]) =>
  (['a GET', 'a PUT'] as const).map(
    (first): Row => ({
      name: `${first}, then ${what}, then a GET in one write`,
      kind: 'end',
      pipelined: true,
      store: {},
      asks: [
        first === 'a GET' ? object(100_000) : stored('sealed/a', 2000),
        { objectKey: 'plain/two', raw, shows: [{ status: [400] }, { status: 'none' }], line: 'none' },
        unasked(object(1000)),
      ],
      taken: { whole: 1 },
    }),
  ),
);

/** Several requests in one write, on one connection. */
export const PIPELINES: readonly Row[] = [...GOOD, ...FAILING, ...REFUSALS, ...FRAMING];
