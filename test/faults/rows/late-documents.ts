import type { Ask, Row, StoreStep } from '../row.ts';
import { answer, errorDocument, FAILED_OR_CUT, FOREVER, IS_HELLO, OK, say } from './texts.ts';

const COMPLETE: Omit<Ask, 'shows'> = {
  method: 'POST',
  objectKey: 'plain/a',
  query: 'uploadId=u',
  body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
};
const COPY: Omit<Ask, 'shows'> = {
  method: 'PUT',
  objectKey: 'plain/a',
  body: 0,
  fields: ['x-amz-copy-source: /@bucket/plain/b'],
};

const ASKS = [
  ['Complete', COMPLETE, 'CompleteMultipartUploadResult'],
  ['Copy', COPY, 'CopyObjectResult'],
] as const;

const CHUNKED = say(`${OK}transfer-encoding: chunked\r\n\r\n`);
const SPACE: StoreStep = { flood: '1\r\n \r\n', times: 12, everyMs: 100 };
const chunk = (text: string): StoreStep => say(`${text.length.toString(16)}\r\n${text}\r\n`);
const END = say('0\r\n\r\n');

/** The status comes before the outcome. What is not an outcome must not look like one. */
export const LATE_DOCUMENTS: readonly Row[] = ASKS.flatMap(([what, ask, root]): Row[] => {
  const done = `<?xml version="1.0" encoding="UTF-8"?>\n<${root}><ETag>"e"</ETag></${root}>`;
  const idle = { idle: 1000, headers: 1000, document: 1000 };
  const failed = errorDocument('InternalError', 'We encountered an internal error. Please try again.');
  const after: Ask = { objectKey: 'plain/b', shows: IS_HELLO };
  /** An error document behind a 200, or no whole answer. */
  const shows = [
    { status: [200], codes: ['InternalError', 'ServiceUnavailable', 'SlowDown'] },
    ...FAILED_OR_CUT,
  ];
  const breaking = (name: string, steps: readonly StoreStep[]): Row => ({
    name: `${what}: ${name}`,
    kind: 'end',
    store: { turns: [[{ take: 'body' }, ...steps]] },
    timeouts: idle,
    asks: [{ ...ask, shows, line: { attempts: 1 } }, after],
    taken: { requests: [2] },
  });
  return [
    {
      name: `${what}: white space for longer than the idle time, then the outcome`,
      kind: 'time',
      store: {
        turns: [
          [{ take: 'body' }, CHUNKED, { flood: '1\r\n \r\n', times: 30, everyMs: 100 }, chunk(done), END],
        ],
      },
      timeouts: idle,
      asks: [
        { ...ask, shows: [{ status: [200], codes: [''] }], line: { codes: [undefined], attempts: 1 } },
        after,
      ],
      taken: { requests: [2], connections: [1] },
    },
    {
      name: `${what}: white space, then an error`,
      kind: 'end',
      store: { turns: [[{ take: 'body' }, CHUNKED, SPACE, chunk(failed), END]] },
      timeouts: idle,
      asks: [
        {
          ...ask,
          shows: [{ status: [200], codes: ['InternalError'] }],
          line: { codes: ['InternalError'], attempts: 1 },
        },
        after,
      ],
      taken: { requests: [2], connections: [1] },
    },
    {
      name: `${what}: an outcome at once`,
      kind: 'end',
      store: { turns: [[{ take: 'body' }, say(answer('HTTP/1.1 200 OK', done))]] },
      asks: [
        { ...ask, shows: [{ status: [200], codes: [''] }], line: { codes: [undefined], attempts: 1 } },
        after,
      ],
      taken: { requests: [2], connections: [1] },
    },
    breaking('nothing', [say(answer('HTTP/1.1 200 OK'))]),
    breaking('white space, then nothing', [CHUNKED, SPACE, END]),
    breaking('white space, then a reset', [CHUNKED, SPACE, { end: 'reset' }]),
    breaking('white space, then an end', [CHUNKED, SPACE, { end: 'fin' }]),
    breaking('white space, then silence', [CHUNKED, SPACE, FOREVER]),
    breaking('half an outcome, then an end', [CHUNKED, chunk(done.slice(0, 70)), { end: 'fin' }]),
    breaking('half an outcome, then silence', [CHUNKED, chunk(done.slice(0, 70)), FOREVER]),
    breaking('an outcome whose last chunk is missing', [
      CHUNKED,
      chunk(done),
      { pauseMs: 50 },
      { end: 'reset' },
    ]),
    breaking('another document', [say(answer('HTTP/1.1 200 OK', '<ListBucketResult/>'))]),
    breaking('an outcome of megabytes', [
      CHUNKED,
      chunk(`<${root}>`),
      { flood: '5\r\nhello\r\n', times: 400_000 },
      FOREVER,
    ]),
    {
      name: `${what}: an outcome that drips`,
      kind: 'time',
      store: {
        turns: [
          [
            { take: 'body' },
            CHUNKED,
            chunk(`<${root}>`),
            { flood: '1\r\na\r\n', times: 'endless', everyMs: 100 },
          ],
        ],
      },
      timeouts: idle,
      asks: [{ ...ask, shows, line: { attempts: 1 } }, after],
    },
  ];
});
