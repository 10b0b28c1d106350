import type { Row, Shown, StoreStep } from '../row.ts';
import {
  answer,
  CUT,
  FAILED,
  FAILED_OR_CUT,
  GOOD_PUT,
  HELLO,
  IS_HELLO,
  IS_STORED,
  OK,
  once,
  say,
} from './texts.ts';

const GARBAGE = 'garbage behind the body';
const SECOND = answer('HTTP/1.1 200 OK', 'of another client');
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;

interface Answered {
  readonly method: string;
  readonly text: string;
  /** What is true of the answer itself, whatever stands behind it. */
  readonly shows: readonly Shown[];
}

/** Bytes behind an answer belong to nobody: this answer may be relayed or not, whole or cut; the next one is its own. */
const ANSWERED: Readonly<Record<string, Answered>> = {
  'a body with a length': { method: 'GET', text: HELLO, shows: IS_HELLO },
  'a body in chunks': { method: 'GET', text: CHUNKED, shows: IS_HELLO },
  'an empty body': { method: 'GET', text: answer('HTTP/1.1 200 OK'), shows: [{ status: [200], text: '' }] },
  'a 204': {
    method: 'DELETE',
    text: 'HTTP/1.1 204 No Content\r\n\r\n',
    shows: [{ status: [204], text: '' }],
  },
  'a 304': { method: 'GET', text: 'HTTP/1.1 304 Not Modified\r\n\r\n', shows: [{ status: [304], text: '' }] },
  'a HEAD': { method: 'HEAD', text: `${OK}content-length: 5\r\n\r\n`, shows: [{ status: [200], text: '' }] },
  'an upload': { method: 'PUT', text: GOOD_PUT, shows: IS_STORED },
};

const BEHIND: Readonly<Record<string, (text: string) => readonly StoreStep[]>> = {
  'garbage at once': (text) => [say(text + GARBAGE)],
  'garbage a little later': (text) => [say(text), { pauseMs: 60 }, say(GARBAGE)],
  'a second answer at once': (text) => [say(text + SECOND)],
  'a second answer a little later': (text) => [say(text), { pauseMs: 60 }, say(SECOND)],
};

const BODIES = Object.entries(ANSWERED).flatMap(([what, { method, text, shows }]) =>
  Object.entries(BEHIND).map(
    ([behind, steps]): Row => ({
      name: `behind ${what}: ${behind}`,
      kind: 'end',
      store: { turns: [[{ take: 'body' }, ...steps(text)]] },
      asks: [
        {
          method,
          objectKey: 'plain/a',
          ...(method === 'PUT' ? { body: 100 } : {}),
          ...(what === 'a 304' ? { fields: ['If-None-Match: "e"'] } : {}),
          shows: [...shows, ...FAILED_OR_CUT, { status: [500, 502, 503] }],
          line: { attempts: 1 },
          steps: [{ send: 'head' }, { send: [0, 100] }, { until: 'answer' }, { pauseMs: 250 }],
        },
        { objectKey: 'plain/b', shows: IS_HELLO, line: once({}) },
        { objectKey: 'plain/c', body: 3000, shows: IS_STORED, line: once({}) },
      ],
      // What was spoilt is not used again. A write may want a newer connection than that of the read before it.
      taken: { requests: [3], connections: [2, 3] },
    }),
  ),
);

const DONE = `<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>`;

export const LEFTOVERS: readonly Row[] = [
  ...BODIES,
  {
    name: 'behind a Complete that was done: garbage',
    kind: 'end',
    store: { turns: [[{ take: 'body' }, say(answer('HTTP/1.1 200 OK', DONE) + GARBAGE)]] },
    asks: [
      {
        method: 'POST',
        objectKey: 'plain/a',
        query: 'uploadId=u',
        body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
        shows: [{ status: [200], codes: [''] }],
        line: { codes: [undefined], attempts: 1 },
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { connections: [2] },
  },
  {
    name: 'behind a Complete in chunks that was done: garbage',
    kind: 'end',
    store: {
      turns: [
        [
          { take: 'body' },
          say(
            `${OK}transfer-encoding: chunked\r\n\r\n${DONE.length.toString(16)}\r\n${DONE}\r\n0\r\n\r\n${GARBAGE}`,
          ),
        ],
      ],
    },
    asks: [
      {
        method: 'POST',
        objectKey: 'plain/a',
        query: 'uploadId=u',
        body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
        shows: [{ status: [200], codes: [''] }],
        line: { codes: [undefined], attempts: 1 },
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { connections: [2] },
  },
  {
    name: 'bytes on an idle connection end it',
    kind: 'end',
    store: {
      turns: [
        [say(HELLO), { hold: 'idle' }, say('garbage')],
        [say(HELLO), { hold: 'idle again' }, say(SECOND)],
      ],
    },
    timeouts: { keepAlive: 4000 },
    asks: [
      {
        objectKey: 'plain/a',
        steps: [
          { send: 'head' },
          { until: 'answer' },
          { reached: 'idle' },
          { pauseMs: 100 },
          { release: 'idle' },
          { pauseMs: 300 },
        ],
        shows: IS_HELLO,
      },
      {
        objectKey: 'plain/b',
        steps: [
          { send: 'head' },
          { until: 'answer' },
          { reached: 'idle again' },
          { pauseMs: 100 },
          { release: 'idle again' },
          { pauseMs: 300 },
        ],
        shows: IS_HELLO,
        line: once({}),
      },
      { objectKey: 'plain/c', shows: IS_HELLO, line: once({}) },
    ],
    taken: { requests: [3], connections: [3] },
  },
  {
    name: 'an answer that is late never becomes that of another client',
    kind: 'end',
    store: {
      turns: [
        [{ hold: 'late' }, say(SECOND)],
        [{ hold: 'late too' }, say(SECOND)],
      ],
    },
    timeouts: { headers: 700 },
    asks: [
      { objectKey: 'plain/a', shows: FAILED, line: once({}) },
      { objectKey: 'plain/b', body: 1000, shows: FAILED, line: once({}) },
      {
        objectKey: 'plain/c',
        steps: [
          { release: 'late' },
          { release: 'late too' },
          { pauseMs: 100 },
          { send: 'head' },
          { until: 'answer' },
        ],
        shows: IS_HELLO,
        line: once({}),
      },
    ],
    taken: { requests: [3], connections: [3] },
  },
  {
    name: 'an answer after its client has left never becomes that of another client',
    kind: 'end',
    store: { turns: [[{ hold: 'left' }, say(SECOND)]] },
    asks: [
      {
        objectKey: 'plain/a',
        steps: [{ send: 'head' }, { reached: 'left' }, { leave: 'reset' }, { pauseMs: 100 }],
        shows: 'left',
      },
      {
        objectKey: 'plain/b',
        steps: [{ release: 'left' }, { pauseMs: 100 }, { send: 'head' }, { until: 'answer' }],
        shows: IS_HELLO,
        line: once({}),
      },
    ],
    taken: { requests: [2], connections: [2] },
  },
  {
    name: 'a body until the end of its connection',
    kind: 'end',
    store: { turns: [[say(`${OK}connection: close\r\n\r\nhello`), { end: 'fin' }]] },
    asks: [
      { objectKey: 'plain/a', shows: [...IS_HELLO, ...FAILED_OR_CUT], line: { attempts: 1 } },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { connections: [2] },
  },
  {
    name: 'a body until the end of its connection, which is reset',
    kind: 'end',
    store: { turns: [[say(`${OK}connection: close\r\n\r\nhello`), { pauseMs: 50 }, { end: 'reset' }]] },
    asks: [{ objectKey: 'plain/a', shows: FAILED_OR_CUT }],
  },
  {
    name: 'a body until the end of TLS without a close_notify',
    kind: 'end',
    over: 'tls',
    store: { turns: [[say(`${OK}connection: close\r\n\r\nhello`), { pauseMs: 50 }, { end: 'cut' }]] },
    asks: [{ objectKey: 'plain/a', shows: FAILED_OR_CUT }],
  },
  {
    name: 'an answer with a length and `connection: close` ends its connection',
    kind: 'end',
    store: { turns: [[say(answer('HTTP/1.1 200 OK', 'hello', 'connection: close\r\n'))]] },
    asks: [
      {
        objectKey: 'plain/a',
        shows: [{ status: [200], text: 'hello', fields: { connection: /^(?!close)/ } }],
      },
      { objectKey: 'plain/b', shows: IS_HELLO },
    ],
    taken: { connections: [2] },
  },
  {
    name: 'HTTP/1.0 with and without keep-alive',
    kind: 'end',
    store: {
      turns: [
        [say(answer('HTTP/1.0 200 OK', 'hello'))],
        [say(answer('HTTP/1.0 200 OK', 'hello', 'connection: keep-alive\r\n'))],
        [say('HTTP/1.0 200 OK\r\n\r\nhello'), { end: 'fin' }],
      ],
    },
    asks: [
      { objectKey: 'plain/a', shows: [...IS_HELLO, ...FAILED] },
      { objectKey: 'plain/b', shows: [...IS_HELLO, ...FAILED] },
      { objectKey: 'plain/c', shows: [...IS_HELLO, ...FAILED_OR_CUT] },
      { objectKey: 'plain/d', shows: IS_HELLO },
    ],
  },
  {
    name: 'chunks in HTTP/1.0',
    kind: 'end',
    store: { turns: [[say(CHUNKED.replace('HTTP/1.1', 'HTTP/1.0')), { end: 'fin' }]] },
    asks: [{ objectKey: 'plain/a', shows: [...IS_HELLO, ...FAILED, ...CUT] }],
  },
];
