import { SSEC_KEY } from '../../adversary/support.ts';
import { pinnedTo } from '../../support/pinned.ts';

/** What a client sends and a store answers, at its worst for the proxy. */
export interface Worst {
  /** The bytes of the client, one character each. A body is as long as its Content-Length says. */
  readonly sent: string;
  /** How many answers come back. */
  readonly answers?: number;
  /** The parser's own work for what is read from the socket at once comes before any refusal. */
  readonly chunksOfAByte?: true;
  readonly store?: {
    readonly status?: number;
    readonly head?: Readonly<Record<string, string>>;
    readonly body: string;
    readonly piece?: number;
  };
}

const HOST = 'Host: localhost\r\n';
const get = (target: string, head = ''): string => `GET ${target} HTTP/1.1\r\n${HOST}${head}\r\n`;
const withBody = (line: string, body: string, head = ''): string =>
  `${line} HTTP/1.1\r\n${HOST}${head}Content-Length: ${body.length}\r\n\r\n${body}`;
const fill = (piece: string, size: number): string => piece.repeat(Math.floor(size / piece.length));
const numbered = (line: (i: string) => string, size: number): string => {
  const name = (i: number): string => i.toString(36).padStart(4, '0');
  return Array.from({ length: Math.floor(size / line(name(0)).length) }, (_, i) => line(name(i))).join('');
};

/** A chunk of HTTP's own for each byte, without a last one. */
const inChunks = (line: string, size: number, head = ''): string =>
  `${line} HTTP/1.1\r\n${HOST}${head}Transfer-Encoding: chunked\r\n\r\n${fill('1\r\nx\r\n', size)}`;

const KIB = 1024;
const MIB = 1024 * KIB;
const HEAD = 30 * KIB;
const SIGNATURE = `Signature=${'a'.repeat(64)}`;
const SCOPE = '20260601/eu-test-1/s3/aws4_request';
const FORM = 'Content-Type: multipart/form-data; boundary=B\r\n';
const part = (name: string, value: string, more = ''): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

/** Nobody has signed these; the listener wants a signature. */
export const UNSIGNED: Readonly<Record<string, Worst>> = {
  'a small GET': { sent: get('/secret/a') },
  'many parameters': { sent: get(`/secret/a?${numbered((i) => `${i}&`, HEAD)}`) },
  'many escapes': { sent: get(`/secret?prefix=${fill('%41', HEAD)}`) },
  'many headers': {
    sent: get(
      '/secret/a',
      numbered((i) => `${i}:\r\n`, HEAD),
    ),
  },
  'one header again and again': { sent: get('/secret/a', fill('a:\r\n', HEAD)) },
  'blanks in a header': { sent: get('/secret/a', `x-amz-meta-a: b${fill(' ', HEAD)}c\r\n`) },
  'many signed headers': {
    sent: get(
      '/secret/a',
      `x-amz-date: 20260601T120000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=client/${SCOPE},${SIGNATURE},SignedHeaders=host${numbered((i) => `;${i}`, HEAD)}\r\n`,
    ),
  },
  'signed headers that are there': {
    sent: get(
      '/secret/a',
      `${numbered((i) => `x-amz-${i}:\r\n`, HEAD / 2)}Authorization: AWS4-HMAC-SHA256 Credential=client/${SCOPE},${SIGNATURE},SignedHeaders=host${numbered((i) => `;x-amz-${i}`, HEAD / 2 - 200)}\r\n`,
    ),
  },
  'components of a claim': {
    sent: get('/secret/a', `Authorization: AWS4-HMAC-SHA256 ${numbered((i) => `${i}=,`, HEAD)}\r\n`),
  },
  'a presigned query': {
    sent: get(
      `/secret/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=client%2F${SCOPE.replaceAll('/', '%2F')}&X-Amz-Date=20260601T120000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=${'a'.repeat(64)}${numbered((i) => `&X-Amz-${i}=`, HEAD - 1000)}`,
    ),
  },
  'a form of many fields': {
    sent: withBody(
      'POST /secret',
      `${numbered((i) => part(`f${i}`, 'a'), 18 * KIB)}${part('key', 'a')}${part('file', 'x', '; filename="a"')}--B--\r\n`,
      FORM,
    ),
  },
  'a form whose name stands often in its key': {
    sent: withBody(
      'POST /secret',
      `${part('key', fill(`$\{filename}`, 850 * 11))}${part('file', 'x', `; filename="${fill('a', 9000)}"`)}--B--\r\n`,
      FORM,
    ),
  },
  'blanks in the head of a part': {
    sent: withBody('POST /secret', `--B\r\nContent-Disposition:${fill(' ', 19 * KIB)}\nx\r\n\r\n`, FORM),
  },
  'a body of HTTP chunks of a byte': { sent: inChunks('PUT /secret/a', 4 * MIB), chunksOfAByte: true },
  'a form of HTTP chunks of a byte': { sent: inChunks('POST /secret', 4 * MIB, FORM), chunksOfAByte: true },
  'a body of 64 MiB': { sent: withBody('PUT /secret/a', fill(' ', 64 * MIB)) },
};

const COMPLETE = pinnedTo(SSEC_KEY, '/secret/a?uploadId=u');
const list = (entries: string): string =>
  `<?xml version="1.0"?><ListBucketResult>${entries}</ListBucketResult>`;
const ENTRY = `<Contents><Key>a/${'b'.repeat(60)}</Key><LastModified>2026-06-01T12:00:00.000Z</LastModified><ETag>&quot;${'a'.repeat(32)}&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>`;
const TRAILER =
  'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-trailer: x-amz-checksum-crc32\r\n';
const chunked = (body: string, decoded: number): string =>
  withBody('PUT /secret/a', body, `${TRAILER}x-amz-decoded-content-length: ${decoded}\r\n`);

/** Of any size that is let through. */
export const LARGE: Readonly<Record<string, Worst>> = {
  'DeleteObjects of 1,000 objects': {
    sent: withBody(
      'POST /secret?delete',
      `<Delete>${fill(`<Object><Key>${'a'.repeat(1000)}</Key></Object>`, MIB)}</Delete>`,
    ),
  },
  'DeleteObjects of empty elements': {
    sent: withBody('POST /secret?delete', `<Delete>${fill('<a/>', 390_000)}</Delete>`),
  },
  'DeleteObjects of elements without end': {
    sent: withBody('POST /secret?delete', `<Delete>${fill('<Object>', 2 * MIB - 99)}`),
  },
  'DeleteObjects of comments': {
    sent: withBody('POST /secret?delete', `<Delete>${fill('<!---->', 2 * MIB - 99)}`),
  },
  'DeleteObjects of entities': {
    sent: withBody(
      'POST /secret?delete',
      `<Delete>${fill(`<Object><Key>${'&amp;'.repeat(1000)}</Key></Object>`, 2 * MIB - 99)}</Delete>`,
    ),
  },
  'the end of an upload of ETags without end': {
    sent: withBody(`POST ${COMPLETE}`, `<CompleteMultipartUpload>${fill('<ETag>', 4 * MIB - 99)}`),
  },
  'the end of an upload of 10,000 parts': {
    sent: withBody(
      `POST ${COMPLETE}`,
      `<CompleteMultipartUpload>${fill(`<Part><PartNumber>1</PartNumber><ETag>"${'a'.repeat(32)}-0"</ETag></Part>`, 900_000)}</CompleteMultipartUpload>`,
    ),
    store: { body: '<CompleteMultipartUploadResult/>' },
  },
  'blanks for a trailer': { sent: chunked(`0\r\nx-amz-checksum-crc32:a${fill(' ', 15 * KIB)}b\r\n\r\n`, 0) },
  'lines behind the last chunk': { sent: chunked(`0\r\n${fill('\n', 15 * KIB)}`, 0) },
  'a byte a chunk': {
    sent: chunked(
      `${fill('1\r\na\r\n', MIB)}0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
      Math.floor(MIB / 6),
    ),
  },
  'an HTTP chunk a byte': {
    sent: `${inChunks('PUT /secret/a', MIB, `x-amz-decoded-content-length: ${Math.floor(MIB / 6)}\r\n`)}0\r\n\r\n`,
  },
  'HTTP chunks of a byte around chunks of a byte': {
    sent: `${inChunks('PUT /secret/a', MIB, `${TRAILER}x-amz-decoded-content-length: ${Math.floor(MIB / 36)}\r\n`)}0\r\n\r\n`,
  },
  'HTTP chunks as small as are let through': {
    sent: `PUT /secret/a HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nx-amz-decoded-content-length: ${16 * 47_000}\r\n\r\n${'10\r\n0123456789abcdef\r\n'.repeat(47_000)}0\r\n\r\n`,
  },
  'a list of 7.2 MB': { sent: get('/secret'), store: { body: list(fill(ENTRY, 7_200_000)) } },
  'a list of 7.2 MB in pieces of 200 bytes': {
    sent: get('/secret'),
    store: { body: list(fill(ENTRY, 7_200_000)), piece: 200 },
  },
  'a list of entries without end': {
    sent: get('/secret'),
    store: { body: list(fill('<Contents>', 7_200_000)) },
  },
  'a list of empty entries': {
    sent: get('/secret'),
    store: { body: list(fill('<Contents></Contents>', 7_200_000)) },
  },
  'a list of blanks': { sent: get('/secret'), store: { body: list(fill(' ', 7_200_000)) } },
  'an answer of 64 KiB of blanks': {
    sent: withBody('PUT /secret/a', '', 'x-amz-copy-source: /secret/b\r\n'),
    store: { body: fill(' ', 64 * KIB) },
  },
  'an error of 64 KiB': {
    sent: get('/secret/a'),
    store: { status: 400, body: `<Error><Code>A</Code>${fill('<a/>', 64 * KIB - 99)}</Error>` },
  },
  'an error of beginnings': {
    sent: get('/secret/a'),
    store: {
      status: 403,
      body: `<Error><Code>AccessDenied</Code><Message>${fill('with an explicit deny in a ', 60 * KIB)}</Message></Error>`,
    },
  },
  'many headers of a store': {
    sent: get('/secret/a'),
    store: { body: '', head: { 'x-amz-meta-a': fill('%25', 12 * KIB) } },
  },
  '300 KB of requests in one piece': {
    sent: fill(get('/a/b'), 300_000),
    answers: Math.floor(300_000 / get('/a/b').length),
  },
  '500 reads in one piece': { sent: get('/secret/a').repeat(500), answers: 500, store: { body: 'a' } },
};
