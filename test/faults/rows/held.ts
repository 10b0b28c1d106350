import type { Row } from '../row.ts';
import {
  answer,
  DENIED,
  errorDocument,
  GOOD_PUT,
  HELLO,
  IS_HELLO,
  IS_STORED,
  OK,
  REFUSED,
  say,
} from './texts.ts';

/** What goes well, and refusals that go on to the client as they are meant. */
export const HELD: readonly Row[] = [
  {
    name: 'objects with a length and in chunks are relayed whole',
    kind: 'end',
    store: {},
    asks: [0, 1, 70_000, 1_000_000].flatMap((size) =>
      ['plain', 'sealed'].flatMap((prefix) =>
        ['length', 'chunked'].map((framing) => ({
          objectKey: `${prefix}/${framing}-${size}`,
          shows: [{ status: [200], object: size }],
          line: { attempts: 1 },
        })),
      ),
    ),
  },
  {
    name: 'uploads are stored whole',
    kind: 'end',
    store: {},
    asks: [0, 1, 70_000, 1_000_000].flatMap((body) =>
      ['plain', 'sealed'].map((prefix) => ({
        objectKey: `${prefix}/put-${body}`,
        body,
        shows: IS_STORED,
        line: { attempts: 1 },
      })),
    ),
    taken: { requests: [8], whole: 8 },
  },
  {
    name: 'uploads in aws-chunked are stored whole',
    kind: 'end',
    store: {},
    asks: ['plain/a', 'sealed/a'].map((objectKey) => ({
      objectKey,
      fields: [
        'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length: 5',
        'Content-Encoding: aws-chunked',
        'x-amz-trailer: x-amz-checksum-crc32',
      ],
      body: '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
      shows: IS_STORED,
      line: { attempts: 1 },
    })),
    taken: { requests: [2], whole: 2 },
  },
  {
    name: 'one connection of a client and of the store serves one request after the other',
    kind: 'end',
    store: {},
    timeouts: { keepAlive: 4000 },
    // Writes first: one may want a connection that was not idle for long.
    asks: Array.from({ length: 6 }, (_, at) => ({
      objectKey: `plain/a${at}`,
      ...(at === 0 ? { body: 1000 } : {}),
      connection: 'same' as const,
      shows: at === 0 ? IS_STORED : IS_HELLO,
    })),
    taken: { requests: [6], connections: [1] },
  },
  {
    name: 'a refusal before the body',
    kind: 'end',
    store: { turns: [[say(REFUSED), { take: 'body' }]] },
    asks: [
      {
        objectKey: 'plain/a',
        body: 2_000_000,
        shows: [{ status: [400], codes: ['InvalidTag'] }],
        line: { codes: ['InvalidTag'], attempts: 1 },
      },
    ],
  },
  {
    name: 'a refusal in the middle of the body',
    kind: 'end',
    store: { turns: [[{ take: 500_000 }, say(REFUSED), { take: 'body' }]] },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 2_000_000,
        shows: [{ status: [400], codes: ['InvalidTag'] }],
        line: { codes: ['InvalidTag'], attempts: 1 },
      },
    ],
  },
  {
    name: 'a refusal behind the body',
    kind: 'end',
    store: { turns: [[{ take: 'body' }, say(DENIED)]] },
    asks: [
      {
        objectKey: 'sealed/a',
        body: 100_000,
        shows: [{ status: [403], codes: ['AccessDenied'] }],
        line: { codes: ['AccessDenied'], attempts: 1 },
      },
    ],
    taken: { requests: [1], whole: 1 },
  },
  ...[500, 501, 503].map(
    (status): Row => ({
      name: `a ${status} with a document`,
      kind: 'end',
      store: { turns: [[{ take: 'body' }, say(answer(`HTTP/1.1 ${status} X`, errorDocument('SlowDown')))]] },
      asks: [
        {
          objectKey: 'plain/a',
          body: 10,
          shows: [{ status: [status], codes: ['SlowDown'] }],
          line: { codes: ['SlowDown'], attempts: 1 },
        },
      ],
      taken: { requests: [1] },
    }),
  ),
  {
    name: 'an early refusal, and a reset behind it',
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 6 },
        () => [{ take: 200_000 }, say(REFUSED), { pauseMs: 20 }, { end: 'reset' }] as const,
      ),
    },
    asks: Array.from({ length: 6 }, (_, at) => ({
      objectKey: `plain/a${at}`,
      body: 4_000_000,
      shows: [{ status: [400], codes: ['InvalidTag'] }],
      line: { codes: ['InvalidTag'], attempts: 1 },
    })),
  },
  {
    name: 'an early refusal, and an end behind it',
    kind: 'end',
    store: {
      turns: Array.from({ length: 4 }, () => [{ take: 200_000 }, say(REFUSED), { end: 'fin' }] as const),
    },
    asks: Array.from({ length: 4 }, (_, at) => ({
      objectKey: `sealed/a${at}`,
      body: 4_000_000,
      shows: [{ status: [400], codes: ['InvalidTag'] }],
      line: { codes: ['InvalidTag'], attempts: 1 },
    })),
  },
  {
    name: 'an object that is not there',
    kind: 'end',
    store: { turns: [[say(answer('HTTP/1.1 404 Not Found', errorDocument('NoSuchKey')))]] },
    asks: [
      {
        objectKey: 'sealed/a',
        shows: [{ status: [404], codes: ['NoSuchKey'] }],
        line: { codes: ['NoSuchKey'], attempts: 1 },
      },
    ],
  },
  {
    name: '304 to a GET with a condition',
    kind: 'end',
    store: { turns: [[say('HTTP/1.1 304 Not Modified\r\netag: "e"\r\n\r\n')]] },
    asks: [
      {
        objectKey: 'plain/a',
        fields: ['If-None-Match: "e"'],
        shows: [{ status: [304], text: '' }],
        line: { attempts: 1 },
      },
      { objectKey: 'plain/b', connection: 'same', shows: IS_HELLO },
    ],
  },
  {
    name: 'HEAD, DELETE and a GET on one connection',
    kind: 'end',
    store: {},
    timeouts: { keepAlive: 4000 },
    asks: [
      {
        method: 'HEAD',
        objectKey: 'plain/length-500',
        shows: [{ status: [200], text: '', fields: { 'content-length': /^500$/ } }],
      },
      { method: 'DELETE', objectKey: 'plain/a', connection: 'same', shows: [{ status: [204], text: '' }] },
      { objectKey: 'plain/a', connection: 'same', shows: IS_HELLO },
    ],
    taken: { requests: [3], connections: [1, 2] },
  },
  {
    name: 'a body with a known length is sent on with a length',
    kind: 'end',
    store: { turns: [[{ take: 'body' }, say(GOOD_PUT)], [say(HELLO)]] },
    asks: [
      { objectKey: 'sealed/a', body: 300_000, shows: IS_STORED },
      {
        objectKey: 'plain/b',
        shows: [
          {
            status: [200],
            text: 'hello',
            fields: { 'content-length': /^5$/, 'transfer-encoding': 'absent' },
          },
        ],
      },
    ],
  },
  {
    name: 'an object in one-byte chunks with extensions and trailers',
    kind: 'end',
    store: {
      turns: [
        [
          say(
            `${OK}transfer-encoding: chunked\r\n\r\n${['h', 'e', 'l', 'l', 'o'].map((c) => `1;a=b\r\n${c}\r\n`).join('')}0\r\nx: y\r\n\r\n`,
          ),
        ],
      ],
    },
    asks: [
      { objectKey: 'plain/a', shows: [...IS_HELLO, { status: [500, 502, 503] }] },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
  },
];
