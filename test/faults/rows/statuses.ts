import type { Row } from '../row.ts';
import {
  answer,
  errorDocument,
  FAILED,
  FAILED_LINE,
  FAILED_OR_CUT,
  FOREVER,
  GOOD_PUT,
  HELLO,
  IS_HELLO,
  IS_STORED,
  OK,
  once,
  say,
  twice,
} from './texts.ts';

/** What is no status of a final answer, or contradicts its method. */
const NOT_FINAL = ['000', '001', '099', '600', '700', '999'].map(
  (status): Row => ({
    name: `the status ${status}`,
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 4 },
        () => [{ take: 'body' }, say(answer(`HTTP/1.1 ${status} X`, 'hello', '{echo}'))] as const,
      ),
    },
    asks: [
      { objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE },
      { objectKey: 'sealed/a', body: 100, shows: FAILED, line: once(FAILED_LINE) },
    ],
  }),
);

/** 101 changes the protocol, which nobody asked for. */
const SWITCHING: readonly Row[] = [
  ['nothing behind it', '', 'connection: upgrade\r\nupgrade: x\r\n'],
  ['an answer behind it', HELLO, 'connection: upgrade\r\nupgrade: x\r\n'],
  ['no header', '', ''],
].map(
  ([what, behind = '', fields = '']): Row => ({
    name: `101, ${what}`,
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 6 },
        () => [say(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n${behind}`), FOREVER] as const,
      ),
    },
    timeouts: { headers: 3000, idle: 3000 },
    asks: [
      { objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE },
      { objectKey: 'sealed/a', body: 100, shows: FAILED, line: once(FAILED_LINE) },
      { method: 'DELETE', objectKey: 'plain/c', shows: FAILED, line: once(FAILED_LINE) },
    ],
  }),
);

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';

/** Answers before the answer. */
const INFORMATIONAL: readonly Row[] = [
  {
    name: 'a few informational answers before the answer',
    kind: 'end',
    store: {
      turns: [
        [say(CONTINUE + HELLO)],
        [say(PROCESSING), { pauseMs: 30 }, say(PROCESSING + HINTS + HELLO)],
        [say(CONTINUE), { take: 'body' }, say(PROCESSING), say(GOOD_PUT)],
      ],
    },
    asks: [
      { objectKey: 'plain/a', shows: IS_HELLO, line: once({}) },
      { objectKey: 'sealed/a', shows: IS_HELLO, line: once({}) },
      { objectKey: 'sealed/b', body: 5000, shows: IS_STORED, line: once({}) },
    ],
    taken: { requests: [3], connections: [1, 2] },
  },
  ...Object.entries({ '100': CONTINUE, '102': PROCESSING, '103': HINTS }).flatMap(([status, text]): Row[] => [
    {
      name: `endless ${status}s`,
      kind: 'time',
      store: { turns: [[{ flood: text, times: 'endless' }], [{ flood: text, times: 'endless' }]] },
      timeouts: { headers: 3000, idle: 3000 },
      asks: [{ objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE }],
    },
    {
      name: `500,000 ${status}s before an upload's answer`,
      kind: 'time',
      store: {
        turns: [[{ take: 'body' }, { flood: text, times: 500_000 }, say(GOOD_PUT)]],
      },
      timeouts: { headers: 5000, idle: 5000 },
      asks: [{ objectKey: 'sealed/a', body: 1000, shows: FAILED, line: once(FAILED_LINE) }],
      taken: { requests: [1] },
    },
  ]),
  {
    name: 'informational answers that drip have the deadline of a head',
    kind: 'time',
    store: {
      turns: [
        [{ flood: HINTS, times: 'endless', everyMs: 100 }],
        [{ flood: HINTS, times: 'endless', everyMs: 100 }],
      ],
    },
    timeouts: { headers: 700, idle: 700 },
    asks: [{ objectKey: 'plain/a', shows: FAILED, line: FAILED_LINE }],
  },
  {
    name: 'an informational answer that is cut',
    kind: 'end',
    store: {
      turns: Array.from(
        { length: 2 },
        () => [say('HTTP/1.1 103 Early Hints\r\nlink: <'), { end: 'fin' }] as const,
      ),
    },
    asks: [{ objectKey: 'plain/a', shows: FAILED, line: twice(FAILED_LINE) }],
  },
];

/** Bodies where there is none, redirects, and lengths said twice. */
const CONTRADICTIONS: readonly Row[] = [
  ...[
    ['a length', 'content-length: 5\r\n\r\nhello'],
    ['chunks', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['no chunk', 'transfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ].map(
    ([what, behind]): Row => ({
      name: `204 with a body: ${what}`,
      kind: 'end',
      store: { turns: [[say(`HTTP/1.1 204 No Content\r\n${behind}`), FOREVER]] },
      timeouts: { idle: 3000 },
      asks: [
        // It says nothing that could be believed.
        { method: 'DELETE', objectKey: 'plain/a', shows: FAILED, line: once(FAILED_LINE) },
        { objectKey: 'plain/b', shows: IS_HELLO, line: once({}) },
      ],
      taken: { connections: [2] },
    }),
  ),
  {
    name: '204 to a GET of an object',
    kind: 'end',
    store: { turns: [[say('HTTP/1.1 204 No Content\r\n\r\n')]] },
    asks: [{ objectKey: 'plain/a', shows: [{ status: [204], text: '' }, ...FAILED] }],
  },
  {
    name: '304 to a GET without a condition',
    kind: 'end',
    store: { turns: [[say('HTTP/1.1 304 Not Modified\r\n\r\n')]] },
    asks: [{ objectKey: 'plain/a', shows: [{ status: [304], text: '' }, ...FAILED] }],
  },
  {
    name: 'HEAD with a body',
    kind: 'end',
    store: { turns: [[say(HELLO)]] },
    asks: [
      {
        method: 'HEAD',
        objectKey: 'plain/a',
        shows: [{ status: [200], text: '' }, ...FAILED, { status: [500, 502, 503] }],
        steps: [{ send: 'head' }, { until: 'answer' }, { pauseMs: 100 }],
      },
      { objectKey: 'plain/b', shows: IS_HELLO, line: once({}) },
    ],
    taken: { connections: [2] },
  },
  {
    name: 'two lengths that are the same',
    kind: 'end',
    store: {
      turns: [
        [say(answer('HTTP/1.1 200 OK', 'hello', 'content-length: 5\r\n'))],
        [say(`${OK}content-length: 5, 5\r\n\r\nhello`)],
      ],
    },
    asks: ['a', 'b'].map((name) => ({ objectKey: `plain/${name}`, shows: [...IS_HELLO, ...FAILED] })),
  },
  ...[
    '301 Moved Permanently',
    '307 Temporary Redirect',
    '308 Permanent Redirect',
    '302 Found',
    '300 Multiple Choices',
  ].map(
    (status): Row => ({
      name: status,
      kind: 'end',
      store: {
        turns: Array.from(
          { length: 2 },
          () =>
            [
              say(
                answer(
                  `HTTP/1.1 ${status}`,
                  errorDocument('PermanentRedirect'),
                  'location: http://127.0.0.1:1/elsewhere\r\n',
                ),
              ),
            ] as const,
        ),
      },
      asks: [
        {
          objectKey: 'plain/a',
          shows: [{ status: [500, 502, 503], fields: { location: 'absent' } }],
          line: { cause: /./, attempts: 1 },
        },
        {
          objectKey: 'sealed/b',
          body: 500_000,
          shows: [{ status: [500, 502, 503], fields: { location: 'absent' } }],
          line: { cause: /./, attempts: 1 },
        },
        { objectKey: 'plain/c', shows: IS_HELLO },
      ],
    }),
  ),
  {
    name: 'an error document in gzip',
    kind: 'end',
    store: {
      turns: [
        [say(answer('HTTP/1.1 404 Not Found', '\x1f\x8b\x08\x00garbage', 'content-encoding: gzip\r\n'))],
      ],
    },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [
          {
            status: [404, 500, 502],
            codes: ['BadRequest', 'InternalError', 'NoSuchKey', 'ServiceUnavailable'],
            fields: { 'content-encoding': 'absent' },
          },
        ],
        line: once({ cause: /with status 404 and a document that is not an S3 error$/ }),
      },
    ],
  },
  {
    name: 'an error document of 100 MB',
    kind: 'end',
    store: {
      turns: [
        [
          say('HTTP/1.1 404 Not Found\r\ncontent-length: 100000000\r\n\r\n<Error><Code>NoSuchKey</Code>'),
          { flood: 'a'.repeat(1000), times: 99_000 },
          FOREVER,
        ],
      ],
    },
    timeouts: { idle: 3000, headers: 3000, document: 3000 },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [404, 500, 502, 503] }],
        line: once({ cause: /an error document that is longer than 65536 bytes$/ }),
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
  },
  {
    name: 'an error document that is cut',
    kind: 'end',
    store: {
      turns: [
        [
          say('HTTP/1.1 404 Not Found\r\ncontent-length: 1000\r\n\r\n<Error><Code>NoSuchKey</Code>'),
          { end: 'fin' },
        ],
      ],
    },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [404, 500, 502, 503] }, ...FAILED_OR_CUT],
        line: once({ cause: /an error document that broke off$/ }),
      },
    ],
  },
  {
    name: 'an error document that stalls',
    kind: 'time',
    store: { turns: [[say('HTTP/1.1 404 Not Found\r\ncontent-length: 1000\r\n\r\n<Error>'), FOREVER]] },
    timeouts: { idle: 700 },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [404, 500, 502, 503] }],
        line: once({ cause: /an error document that was not whole in time$/ }),
      },
    ],
  },
  {
    name: 'an error document that drips',
    kind: 'time',
    store: {
      turns: [
        [
          say('HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n'),
          { flood: '1\r\n \r\n', times: 'endless', everyMs: 100 },
        ],
      ],
    },
    timeouts: { document: 700 },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [404, 500, 502, 503] }],
        line: once({ cause: /an error document that was not whole in time$/ }),
      },
    ],
  },
  {
    name: 'a head of 200 fields and 16 KiB',
    kind: 'end',
    store: {
      turns: [
        [
          say(
            answer(
              'HTTP/1.1 200 OK',
              'hello',
              Array.from({ length: 200 }, (_, at) => `x-amz-meta-${at}: ${'a'.repeat(60)}\r\n`).join(''),
            ),
          ),
        ],
      ],
    },
    asks: [{ objectKey: 'plain/a', shows: [...IS_HELLO, ...FAILED] }],
  },
];

export const STATUSES: readonly Row[] = [...NOT_FINAL, ...SWITCHING, ...INFORMATIONAL, ...CONTRADICTIONS];
