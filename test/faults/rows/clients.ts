import type { Ask, ClientStep, Row } from '../row.ts';
import { GOOD_PUT, IS_HELLO, IS_STORED, once, say } from './texts.ts';

/** Half-closed connections, requests one behind the other, and clients that are slow. */
const CONNECTIONS: readonly Row[] = [
  {
    name: 'a half-closed connection gets its answer, or an end',
    kind: 'end',
    over: 'plain',
    store: { turns: [[{ take: 'body' }, { pauseMs: 200 }, say(GOOD_PUT)]] },
    asks: [
      {
        objectKey: 'plain/a',
        body: 1000,
        steps: [{ send: 'head' }, { send: [0, 1000] }, { leave: 'half' }, { until: 'answer' }],
        shows: 'ended',
      },
    ],
  },
  {
    name: 'three GETs one behind the other are answered in their order',
    kind: 'end',
    store: {},
    asks: [
      {
        objectKey: 'plain/length-1000',
        steps: [{ send: 'head' }, { until: 'answer' }],
        shows: [{ status: [200], object: 1000 }],
      },
      { objectKey: 'plain/chunked-70000', connection: 'same', shows: [{ status: [200], object: 70_000 }] },
      { objectKey: 'plain/length-3', connection: 'same', shows: [{ status: [200], object: 3 }] },
    ],
  },
  {
    name: 'an upload that stalls has the deadline of a body',
    kind: 'time',
    store: {},
    timeouts: { idle: 1000 },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 1000,
        steps: [{ send: 'head' }, { send: [0, 500] }, { until: 'closed' }],
        shows: [{ status: [400, 408, 503] }, { status: 'none' }],
        line: { attempts: 1 },
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { whole: 1 },
  },
  {
    name: 'an upload that is slow and does not stall is stored',
    kind: 'time',
    store: {},
    timeouts: { idle: 2000, headers: 2000 },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 600,
        steps: [
          { send: 'head' },
          ...[0, 100, 200, 300, 400, 500].flatMap((at): ClientStep[] => [
            { send: [at, at + 100] },
            { pauseMs: 500 },
          ]),
          { until: 'answer' },
        ],
        shows: IS_STORED,
        line: once({}),
      },
    ],
    taken: { whole: 1 },
  },
];

/** Sizes around those of buffers, from nothing up to some megabytes. */
function sizes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => Math.round(1.0757 ** at * 2) + at * 17);
}

const PAUSED: readonly ClientStep[] = [
  { send: 'head' },
  { until: 'head' },
  { reading: false },
  { pauseMs: 2500 },
  { reading: true },
  { until: 'answer' },
];

/** A client that pauses for longer than the idle time has its object whole, or sees that it has not. */
const SLOW_READERS = (['length', 'chunked'] as const).flatMap((framing) =>
  (['plain', 'sealed'] as const).map(
    (prefix): Row => ({
      name: `clients that pause for longer than the idle time, 100 sizes, ${framing}, ${prefix}`,
      kind: 'end',
      store: {},
      timeouts: { idle: 1000 },
      together: true,
      asks: sizes(100)
        .map((size) => 200_000 + size * 12)
        .map(
          (size): Ask => ({
            objectKey: `${prefix}/${framing}-${size}`,
            steps: PAUSED,
            shows: [
              { status: [200], object: size },
              { status: [200], body: 'cut' },
            ],
          }),
        ),
    }),
  ),
);

/** Bodies that the proxy reads itself have the deadlines of bodies. */
const OWN_READING: readonly Row[] = Object.entries({
  'a DeleteObjects': {
    method: 'POST',
    objectKey: '',
    query: 'delete=',
    fields: ['Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg=='],
  },
  'a Complete': { method: 'POST', objectKey: 'plain/a', query: 'uploadId=u' },
  'a Complete under a key': { method: 'POST', objectKey: 'sealed/a', query: 'uploadId=u' },
  'a PutObjectTagging': { method: 'PUT', objectKey: 'plain/a', query: 'tagging=' },
  'a PutObject in aws-chunked': {
    method: 'PUT',
    objectKey: 'plain/a',
    fields: [
      'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length: 0',
      'Content-Encoding: aws-chunked',
      'x-amz-trailer: x-amz-checksum-crc32',
    ],
  },
  'an OPTIONS of a stranger': {
    method: 'OPTIONS',
    objectKey: 'plain/a',
    fields: ['Origin: http://x', 'Access-Control-Request-Method: GET'],
  },
}).map(
  ([what, ask]): Row => ({
    name: `the body of ${what} that never comes`,
    kind: 'time',
    store: {},
    timeouts: { idle: 1000, headers: 1000 },
    asks: [
      // Until the answer or the end: which of them is for the listener to say.
      {
        ...ask,
        body: 500,
        steps: [{ send: 'head' }, { until: 'closed' }],
        shows: 'ended',
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { whole: 1 },
  }),
);

const HUGE = 'e'.repeat(60_000);

/** The framing of a body breaks in its middle: the client is told, and the store has no whole body. */
const BROKEN_FRAMING: readonly Row[] = Object.entries({
  'a chunk size that is none': '8\r\n3\r\nabc\r\n\r\nzz\r\n',
  'a chunk longer than it says': '8\r\n3\r\nabc\r\n3\r\nabc',
  'an extension of a chunk without end': `8;${HUGE}`,
  'trailers without end': `8\r\n3\r\nabc\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\nX-A: ${HUGE}\r\n\r\n`,
  'a length among the trailers': '8\r\n3\r\nabc\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\nContent-Length: 5\r\n\r\n',
}).flatMap(([what, sent]) =>
  (['plain', 'sealed'] as const).map(
    (prefix): Row => ({
      name: `the framing of a body breaks with ${what}, ${prefix}`,
      kind: 'end',
      store: {},
      asks: [
        {
          method: 'PUT',
          objectKey: `${prefix}/a`,
          fields: [
            'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
            'x-amz-decoded-content-length: 3',
            'Transfer-Encoding: chunked',
          ],
          steps: [{ send: 'head' }, { sendText: sent }, { until: 'answer' }],
          shows: [{ status: [400], codes: ['IncompleteBody'] }],
          line: { codes: ['IncompleteBody'], status: 400 },
        },
        { objectKey: 'plain/b', shows: IS_HELLO },
      ],
      taken: { whole: 1 },
    }),
  ),
);

export const CLIENTS: readonly Row[] = [...CONNECTIONS, ...SLOW_READERS, ...OWN_READING, ...BROKEN_FRAMING];
