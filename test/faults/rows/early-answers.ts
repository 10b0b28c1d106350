import type { Row } from '../row.ts';
import { answer, FAILED, FAILED_LINE, FOREVER, GOOD_PUT, IS_HELLO, IS_STORED, once, say } from './texts.ts';

const LARGE = 20_000_000;

/** A success says that something is stored: it can't be, before its body was sent. */
export const EARLY_ANSWERS: readonly Row[] = [
  {
    name: 'a 200 before the body of an upload, and no byte of it is read',
    kind: 'end',
    store: { turns: Array.from({ length: 3 }, () => [{ deaf: true }, say(GOOD_PUT), FOREVER] as const) },
    timeouts: { idle: 3000 },
    asks: Array.from({ length: 3 }, (_, at) => ({
      objectKey: `sealed/a${at}`,
      body: LARGE,
      shows: FAILED,
      line: once(FAILED_LINE),
    })),
    taken: { whole: 0 },
  },
  {
    name: 'a 200 in the middle of the body of an upload, and an end',
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 3 },
        () => [{ take: 500_000 }, { deaf: true }, say(GOOD_PUT), { end: 'fin' }] as const,
      ),
    },
    timeouts: { idle: 3000 },
    asks: Array.from({ length: 3 }, (_, at) => ({
      objectKey: `plain/a${at}`,
      body: LARGE,
      shows: FAILED,
      line: once(FAILED_LINE),
    })),
    taken: { whole: 0 },
  },
  {
    name: 'a 200 in the middle of the body of an upload, and a reset',
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 3 },
        () => [{ take: 500_000 }, { deaf: true }, say(GOOD_PUT), { pauseMs: 20 }, { end: 'reset' }] as const,
      ),
    },
    timeouts: { idle: 3000 },
    asks: Array.from({ length: 3 }, (_, at) => ({
      objectKey: `sealed/b${at}`,
      body: LARGE,
      shows: FAILED,
      line: once(FAILED_LINE),
    })),
    taken: { whole: 0 },
  },
  {
    name: 'a 200 while the client still has its last byte',
    kind: 'end',
    store: { turns: [[{ take: 900 }, say(GOOD_PUT), { hold: 'said' }, { take: 'body' }]] },
    timeouts: { idle: 3000 },
    asks: [
      {
        objectKey: 'plain/a',
        body: 1000,
        steps: [
          { send: 'head' },
          { send: [0, 950] },
          { reached: 'said' },
          { pauseMs: 200 },
          { release: 'said' },
          { send: [950, 1000] },
          { until: 'answer' },
        ],
        // It is early, and may be taken for no success; it may also be taken for one, once all has gone out.
        shows: [...FAILED, ...IS_STORED],
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
  },
  {
    name: 'small uploads that are answered before their body was read, and then read',
    kind: 'end',
    store: { turns: Array.from({ length: 20 }, () => [say(GOOD_PUT), { take: 'body' }] as const) },
    // What is wholly sent may be acknowledged, and then it is there. What is not must not be.
    asks: Array.from({ length: 20 }, (_, at) => ({
      objectKey: `plain/a${at}`,
      body: 2000,
      shows: [...IS_STORED, ...FAILED],
    })),
  },
  {
    name: 'uploads of a megabyte that are answered as soon as they are there',
    kind: 'end',
    store: {},
    together: true,
    asks: Array.from({ length: 48 }, (_, at) => ({
      objectKey: `sealed/a${at}`,
      body: 1_048_576,
      shows: [{ status: [200], fields: { connection: /^(?!close)/ } }],
    })),
    taken: { requests: [48], whole: 48 },
  },
  ...[
    ['400', 'InvalidTag'],
    ['403', 'AccessDenied'],
    ['503', 'SlowDown'],
  ].map(
    ([status = '', code = '']): Row => ({
      name: `a ${status} before the body of an upload that is not read`,
      kind: 'end',
      store: {
        turns: Array.from(
          { length: 4 },
          () =>
            [
              { deaf: true },
              say(
                answer(
                  `HTTP/1.1 ${status} X`,
                  `<Error><Code>${code}</Code><Message>x</Message></Error>`,
                  'connection: close\r\n',
                ),
              ),
              { end: 'fin' },
            ] as const,
        ),
      },
      timeouts: { idle: 5000 },
      asks: Array.from({ length: 4 }, (_, at) => ({
        objectKey: `sealed/a${at}`,
        body: 5_000_000,
        shows: [{ status: [Number(status)], codes: [code] }],
        line: { codes: [code], attempts: 1 },
      })),
    }),
  ),
];
