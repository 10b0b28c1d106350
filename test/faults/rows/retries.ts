import type { Ask, Row, Shown, StoreStep } from '../row.ts';
import {
  CUT,
  FAILED,
  FAILED_LINE,
  GOOD_PUT,
  IS_HELLO,
  IS_STORED,
  once,
  say,
  twice,
  UNKNOWN,
} from './texts.ts';

/** Writes without a body: once they were sent, nobody knows what came of them. */
const WITHOUT_BODY: Readonly<Record<string, Omit<Ask, 'shows'>>> = {
  'a DELETE': { method: 'DELETE', objectKey: 'plain/a' },
  'an empty PUT with a condition': {
    method: 'PUT',
    objectKey: 'plain/a',
    body: 0,
    fields: ['If-None-Match: *'],
  },
  'an empty PUT': { method: 'PUT', objectKey: 'sealed/a', body: 0 },
  'a CreateMultipartUpload': { method: 'POST', objectKey: 'plain/a', query: 'uploads=' },
  'a CreateMultipartUpload under a key': { method: 'POST', objectKey: 'sealed/a', query: 'uploads=' },
  'an AbortMultipartUpload': { method: 'DELETE', objectKey: 'plain/a', query: 'uploadId=u' },
  'a CopyObject': {
    method: 'PUT',
    objectKey: 'plain/a',
    body: 0,
    fields: ['x-amz-copy-source: /@bucket/plain/b'],
  },
  'a DeleteObjectTagging': { method: 'DELETE', objectKey: 'plain/a', query: 'tagging=' },
};

const SMALL: Readonly<Record<string, Omit<Ask, 'shows'>>> = {
  'an upload that was wholly sent': { objectKey: 'plain/a', body: 1000 },
  'an upload under a key that was wholly sent': { objectKey: 'sealed/a', body: 1000 },
  'a Complete': {
    method: 'POST',
    objectKey: 'plain/a',
    query: 'uploadId=u',
    body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
  },
};

/** A connection that was used before, so that its end may be about its idleness: the store ends it instead of an answer. */
const USED: Ask = { objectKey: 'plain/first', shows: IS_HELLO, line: once({}) };
const SERVED: readonly StoreStep[] = [say('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')];

const NEVER_TWICE = Object.entries({ ...WITHOUT_BODY, ...SMALL }).flatMap(([what, ask]) =>
  (['reset', 'fin'] as const).flatMap((end): Row[] => [
    {
      name: `${what} is not repeated after a ${end} in place of its answer`,
      kind: 'retry',
      store: { turns: [[{ take: 'body' }, { pauseMs: 50 }, { end }]] },
      asks: [{ ...ask, shows: UNKNOWN, line: once(FAILED_LINE) }],
      taken: { requests: [1], whole: 1 },
    },
    {
      name: `${what} is not repeated after a ${end} of a connection that was used before`,
      kind: 'retry',
      store: { turns: [SERVED, [{ take: 'body' }, { end }]] },
      asks: [USED, { ...ask, shows: UNKNOWN, line: once(FAILED_LINE) }],
      taken: { requests: [2], whole: 2 },
    },
  ]),
);

/** Reads go once more, on a new connection, and never a third time. */
const READS = (['GET', 'HEAD'] as const).flatMap((method) =>
  (['reset', 'fin'] as const).flatMap((end): Row[] => {
    const shows: readonly Shown[] = [{ status: [200], text: method === 'GET' ? 'hello' : '' }];
    const failed: readonly Shown[] = method === 'GET' ? FAILED : [{ status: [500, 502, 503] }];
    const read = { method, objectKey: 'plain/a' };
    return [
      {
        name: `a ${method} goes once more after a ${end}`,
        kind: 'retry',
        store: { turns: [[{ end }]] },
        asks: [{ ...read, shows, line: twice({}) }],
        taken: { requests: [2], connections: [2] },
      },
      {
        name: `a ${method} goes once more after a ${end}, and not again`,
        kind: 'retry',
        store: { turns: [[{ end }], [{ end }]] },
        asks: [{ ...read, shows: failed, line: twice(FAILED_LINE) }],
        taken: { requests: [2], connections: [2] },
      },
      {
        name: `a ${method} that was answered in part is not repeated after a ${end}`,
        kind: 'retry',
        store: {
          turns: [[say('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello'), { pauseMs: 50 }, { end }]],
        },
        asks: [{ ...read, shows: method === 'GET' ? [...FAILED, ...CUT] : shows, line: { attempts: 1 } }],
        taken: { requests: [1] },
      },
      // What a reset leaves of what came before it is for the system to say.
      ...(end === 'reset'
        ? []
        : [
            {
              name: `a ${method} that was answered in part is not repeated after a ${end} that comes with it`,
              kind: 'retry',
              store: { turns: [[say('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello'), { end }]] },
              asks: [
                { ...read, shows: method === 'GET' ? [...FAILED, ...CUT] : shows, line: { attempts: 1 } },
              ],
              taken: { requests: [1] },
            } satisfies Row,
          ]),
    ];
  }),
);

/** A write whose last byte was never handed to a socket has stored nothing, and may go once more. */
const UNSENT: readonly Row[] = [
  {
    name: 'an upload whose client still has its last byte does not hang when the store resets',
    kind: 'retry',
    store: { turns: [[{ take: 500 }, { end: 'reset' }]] },
    asks: [
      {
        objectKey: 'plain/a',
        body: 1000,
        steps: [
          { send: 'head' },
          { send: [0, 600] },
          { pauseMs: 300 },
          { send: [600, 1000] },
          { until: 'answer' },
        ],
        shows: [...IS_STORED, ...UNKNOWN],
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { requests: [2, 3] },
  },
  {
    name: 'an upload to a connection that ends before its body goes',
    kind: 'retry',
    store: { turns: [SERVED, [{ end: 'reset' }]] },
    asks: [
      USED,
      {
        objectKey: 'sealed/a',
        body: 5_000_000,
        steps: [{ send: 'head' }, { pauseMs: 300 }, { send: [0, 5_000_000] }, { until: 'answer' }],
        shows: [...IS_STORED, ...UNKNOWN],
      },
    ],
    taken: { requests: [2, 3] },
  },
];

const HELD = ['one', 'two', 'three'];

/** Three connections are idle, and the next request resets its own: one that went on with another of them would not be seen to. */
const NEW_CONNECTION: Row = {
  name: 'a GET goes once more on a new connection, not on another idle one',
  kind: 'retry',
  store: {
    turns: [...HELD.map((hold) => [{ hold }, ...SERVED, { hold: `${hold} idle` }]), [{ end: 'reset' }]],
  },
  timeouts: { keepAlive: 4000 },
  together: true,
  asks: [
    ...HELD.map(
      (hold): Ask => ({
        objectKey: `plain/${hold}`,
        // All three are there before the first of them is answered.
        steps: [
          { send: 'head' },
          ...HELD.map((reached) => ({ reached })),
          { release: hold },
          { until: 'answer' },
        ],
        shows: IS_HELLO,
      }),
    ),
    {
      objectKey: 'plain/last',
      steps: [
        ...HELD.flatMap((hold) => [{ reached: `${hold} idle` }, { release: `${hold} idle` }]),
        { pauseMs: 300 },
        { send: 'head' },
        { until: 'answer' },
      ],
      shows: IS_HELLO,
    },
  ],
  taken: { requests: [5], connections: [4] },
};

/** Idle connections that the store ended are noticed before a write is given one. */
const ENDED_IDLE: readonly Row[] = (['fin', 'reset'] as const).map(
  (end): Row => ({
    name: `writes do not go to connections whose ${end} has arrived`,
    kind: 'retry',
    store: {
      turns: Array.from(
        { length: 8 },
        () => [{ take: 'body' }, say(GOOD_PUT), { pauseMs: 20 }, { end }] as const,
      ),
    },
    timeouts: { keepAlive: 60_000 },
    asks: Array.from({ length: 8 }, (_, at) => ({
      objectKey: `plain/a${at}`,
      body: 1000,
      steps: [{ send: 'head' }, { send: [0, 1000] }, { until: 'answer' }, { pauseMs: 250 }],
      shows: [{ status: [200] }],
      line: once({}),
    })),
    taken: { requests: [8], whole: 8, connections: [8] },
  }),
);

export const RETRIES: readonly Row[] = [...NEVER_TWICE, ...READS, ...UNSENT, NEW_CONNECTION, ...ENDED_IDLE];
