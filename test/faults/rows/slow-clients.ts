import type { Ask, Row } from '../row.ts';
import { GOOD_PUT, IS_HELLO, say } from './texts.ts';

const GOOD: Ask = { objectKey: 'plain/b', shows: IS_HELLO };

/** No client holds a connection for longer than its phase may take. Each of these waits until its connection has ended. */
export const SLOW_CLIENTS: readonly Row[] = [
  {
    name: 'a client that never sends a byte',
    kind: 'time',
    store: {},
    asks: [{ objectKey: 'plain/a', steps: [{ until: 'closed' }], shows: 'ended', line: 'none' }, GOOD],
  },
  {
    name: 'a client that never begins its handshake',
    kind: 'time',
    over: 'tls',
    store: {},
    asks: [
      {
        objectKey: 'plain/a',
        connection: 'bare',
        steps: [{ until: 'closed' }],
        shows: [{ status: 'none' }],
        line: 'none',
      },
      GOOD,
    ],
  },
  {
    name: 'a client whose handshake drips',
    kind: 'time',
    over: 'tls',
    store: {},
    asks: [
      {
        objectKey: 'plain/a',
        connection: 'bare',
        steps: [
          { sendText: `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'a'.repeat(400)}`, everyMs: 100 },
          { until: 'closed' },
        ],
        shows: [{ status: 'none' }],
        line: 'none',
      },
      GOOD,
    ],
  },
  {
    name: 'a client whose head drips',
    kind: 'time',
    store: {},
    asks: [
      {
        objectKey: 'plain/a',
        steps: [
          { sendText: `GET /a/b HTTP/1.1\r\nHost: localhost\r\nx-a: ${'a'.repeat(400)}`, everyMs: 100 },
          { until: 'closed' },
        ],
        shows: [{ status: [400, 408] }, { status: 'none' }],
        line: 'none',
      },
      GOOD,
    ],
  },
  {
    name: 'a client that takes nothing of its answer',
    kind: 'time',
    store: {},
    asks: [
      {
        objectKey: 'plain/length-40000000',
        steps: [
          { send: 'head' },
          { until: 'head' },
          { reading: false },
          { pauseMs: 9000 },
          { reading: true },
          { until: 'answer' },
        ],
        shows: [{ status: [200], body: 'cut' }],
        line: { codes: ['Truncated', 'ClientLeft'] },
      },
      GOOD,
    ],
  },
  {
    name: 'a body that drips for longer than the idle time of the store is stored',
    kind: 'time',
    store: { turns: [[{ take: 'body' }, say(GOOD_PUT)]] },
    timeouts: { idle: 1000 },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 8,
        steps: [
          { send: 'head' },
          ...Array.from({ length: 8 }, (_, at) => [{ send: [at, at + 1] as const }, { pauseMs: 400 }]).flat(),
          { until: 'answer' },
        ],
        shows: [{ status: [200] }],
      },
    ],
    taken: { whole: 1 },
  },
  {
    name: 'the rest of a body behind a refusal that drips',
    kind: 'time',
    store: {},
    asks: [
      {
        method: 'PUT',
        objectKey: 'plain/a',
        body: 10_000,
        fields: [
          'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          'x-amz-decoded-content-length: x',
        ],
        steps: [{ send: 'head' }, { sendText: 'a'.repeat(400), everyMs: 100 }, { until: 'closed' }],
        shows: [{ status: [400, 403, 411, 501] }],
        line: {},
      },
      GOOD,
    ],
  },
];
