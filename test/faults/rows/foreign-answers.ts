import { createHash } from 'node:crypto';
import type { Ask, Line, Row } from '../row.ts';
import { answer, errorDocument, FAILED, FAILED_LINE, IS_HELLO, IS_STORED, OK, once, say } from './texts.ts';

/** What stands before a store says 200 to everything, or what only a hop knows. None of it is the store's answer. */
const LOGIN = '<!DOCTYPE html><html><body>Please log in.</body></html>';
const PAGE = '<html><body>Welcome.</body></html>';
const ETAG = 'etag: "e"\r\n';

const after: Ask = { objectKey: 'plain/after', shows: IS_HELLO, line: once({}) };
const UNFIT: Line = once({ ...FAILED_LINE, cause: /^the store answered \w+ with / });

function row(
  name: string,
  said: string,
  asks: readonly Omit<Ask, 'shows'>[],
  shows: Ask['shows'],
  line: Line,
): Row {
  return {
    name,
    kind: 'end',
    store: { turns: asks.map(() => [{ take: 'body' }, say(said)] as const) },
    asks: [...asks.map((ask) => ({ ...ask, shows, line })), after],
    taken: { requests: [asks.length + 1] },
  };
}

const chunked = (text: string, fields = ''): string =>
  `${OK}${fields}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

const WRITES: readonly Omit<Ask, 'shows'>[] = [
  { objectKey: 'plain/a', body: 100 },
  { objectKey: 'sealed/a', body: 100 },
  { objectKey: 'plain/a', query: 'partNumber=1&uploadId=u', body: 100 },
  { objectKey: 'plain/a', method: 'DELETE' },
];

/** A success of these has nothing behind its head. */
const BODIES: readonly Row[] = [
  ...Object.entries({
    'a login page': answer('HTTP/1.1 200 OK', LOGIN, `{echo}${ETAG}content-type: text/html\r\n`),
    'a page in chunks': chunked(PAGE, `{echo}${ETAG}`),
    'a text': answer('HTTP/1.1 200 OK', 'ok', `{echo}${ETAG}`),
    JSON: answer('HTTP/1.1 200 OK', '{"status":"ok"}', `{echo}${ETAG}`),
    'another document': answer('HTTP/1.1 200 OK', '<ListBucketResult/>', `{echo}${ETAG}`),
    'a long white space': answer('HTTP/1.1 200 OK', ' '.repeat(5000), `{echo}${ETAG}`),
    'an error': answer('HTTP/1.1 200 OK', errorDocument('InternalError'), `{echo}${ETAG}`),
  }).map(([what, said]) => row(`a write is answered with 200 and ${what}`, said, WRITES, FAILED, UNFIT)),
  ...Object.entries({
    'white space': answer('HTTP/1.1 200 OK', ' \r\n', `{echo}${ETAG}`),
    'white space in chunks': chunked(' ', `{echo}${ETAG}`),
    'a declaration': answer('HTTP/1.1 200 OK', '<?xml version="1.0" encoding="UTF-8"?>', `{echo}${ETAG}`),
  }).map(([what, said]) => {
    const fields = { 'content-length': /^0$/, 'transfer-encoding': 'absent' } as const;
    const shows = IS_STORED.map((shown) => ({ ...shown, fields }));
    return row(`a write is answered with 200 and ${what} alone`, said, WRITES, shows, once({}));
  }),
];

const TAGLESS = row(
  'an upload is answered with 200 and no ETag',
  answer('HTTP/1.1 200 OK', '', '{echo}'),
  WRITES.filter(({ method }) => method === undefined),
  FAILED,
  UNFIT,
);

const DELETE = '<Delete><Object><Key>plain/a</Key></Object></Delete>';
const BEGIN = { method: 'POST', objectKey: 'plain/a', query: 'uploads', body: '' };
const DOCUMENTED: Readonly<Record<string, Omit<Ask, 'shows'>>> = {
  CreateMultipartUpload: BEGIN,
  'CreateMultipartUpload under a key': { ...BEGIN, objectKey: 'sealed/a' },
  DeleteObjects: {
    method: 'POST',
    objectKey: '',
    query: 'delete',
    fields: [`content-md5: ${createHash('md5').update(DELETE).digest('base64')}`],
    body: DELETE,
  },
  ListObjectsV2: { objectKey: '', query: 'list-type=2' },
};

/** A success of these has a document with a root of its own. */
const DOCUMENTS: readonly Row[] = Object.entries(DOCUMENTED).flatMap(([what, ask]) =>
  Object.entries({
    nothing: answer('HTTP/1.1 200 OK', '', '{echo}'),
    'an end of chunks': `${OK}{echo}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a declaration': answer('HTTP/1.1 200 OK', '<?xml version="1.0" encoding="UTF-8"?>', '{echo}'),
    'a login page': answer('HTTP/1.1 200 OK', LOGIN, '{echo}'),
    'a document of something else': answer('HTTP/1.1 200 OK', '<Tagging/>', '{echo}'),
  }).map(([said, text]) => row(`${what} is answered with 200 and ${said}`, text, [ask], FAILED, UNFIT)),
);

const IDLESS = row(
  'CreateMultipartUpload is answered without an id',
  answer(
    'HTTP/1.1 200 OK',
    '<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>',
    '{echo}',
  ),
  [BEGIN, { ...BEGIN, objectKey: 'sealed/a' }],
  FAILED,
  once(FAILED_LINE),
);

const READ_OR_WRITTEN: readonly Omit<Ask, 'shows'>[] = [
  { objectKey: 'plain/a' },
  { objectKey: 'plain/a', method: 'HEAD' },
  { objectKey: 'sealed/a', body: 100 },
  { objectKey: 'plain/a', method: 'DELETE' },
];

/** What is between proxy and store, or of nobody who knows S3, is a fault of the service. */
const HOPS: readonly Row[] = [401, 407, 408, 417, 421, 425, 426, 431, 505, 511, 418, 451, 520].map(
  (status) => ({
    name: `the status ${status}`,
    kind: 'end',
    store: {
      turns: READ_OR_WRITTEN.map(
        () =>
          [
            { take: 'body' },
            say(`HTTP/1.1 ${status} X\r\nwww-authenticate: Basic\r\ncontent-length: 0\r\n\r\n`),
          ] as const,
      ),
    },
    asks: [
      ...READ_OR_WRITTEN.map((ask) => ({
        ...ask,
        shows: [{ status: [503], ...(ask.method === 'HEAD' ? {} : { codes: ['ServiceUnavailable'] }) }],
        line: once({
          codes: ['ServiceUnavailable'],
          cause: new RegExp(`^the store answered the proxy with status ${status}\\b`),
          status: 503,
        }),
      })),
      after,
    ],
  }),
);

export const FOREIGN_ANSWERS: readonly Row[] = [...BODIES, TAGLESS, ...DOCUMENTS, IDLESS, ...HOPS];
