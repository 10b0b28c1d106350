import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { exchangeOf, httpStore, startWire, WIRE_KEY } from '../../e2e/wire.ts';
import { pinnedTo } from '../../support/pinned.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const UPLOAD = pinnedTo(WIRE_KEY, '/secret/a?uploadId=u');

interface Asked {
  readonly line: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly etag?: 'passthrough';
}

/** What a client gets, and what the store had got, when it answers as the test says. */
async function askedOf(
  t: Test,
  { line, headers = [], body = '', etag }: Asked,
  answer: (response: ServerResponse) => void,
): Promise<{ answer: string; stored: string; request: IncomingMessage | undefined }> {
  let stored = '';
  const store = await httpStore(t, (request, response) => {
    void text(request).then((got) => {
      stored = got;
      answer(response);
    });
  });
  const { port } = await startWire(t, { port: store.port, ...(etag && { etag }) });
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  const got = await exchangeOf(t, port, [`${line} HTTP/1.1`, ...headers, ...length], body);
  return { answer: got, stored, request: store.requests[0] };
}

t.test('marks the ETag header of every status that has one', async (t) => {
  for (const [status, bare, shown] of [
    [200, `"${A}"`, `"${A}-0"`],
    [206, `"${A}"`, `"${A}-0"`],
    [304, `"${A}"`, `"${A}-0"`],
    [412, `"${A}"`, `"${A}-0"`],
    [200, `W/"${A}"`, `W/"${A}-0"`],
    [200, `"${A}-3"`, `"${A}-3"`],
  ] as const) {
    const headers = status === 206 ? ['Range: bytes=0-0'] : status === 304 ? ['If-None-Match: "x"'] : [];
    const part = status === 206 ? { 'content-range': 'bytes 0-0/9' } : {};
    for (const line of ['GET /secret/a', 'HEAD /secret/a', 'GET /plain/a']) {
      const { answer } = await askedOf(t, { line, headers }, (response) => {
        response.writeHead(status, { etag: bare, ...part }).end(status === 206 ? 'x' : '');
      });
      const wanted = line.includes('plain') ? bare : shown;
      t.ok(answer.includes(`etag: ${wanted}\r\n`), `${line}: ${status} ${answer}`);
    }
  }
});

t.test('marks the ETag that stands behind a body', async (t) => {
  const { answer } = await askedOf(t, { line: 'GET /secret/a' }, (response) => {
    response.writeHead(200, { trailer: 'ETag' });
    response.write('body');
    response.addTrailers({ ETag: `"${A}"` });
    response.end();
  });
  t.match(answer, `0\r\nETag: "${A}-0"\r\n`);
});

t.test('names a part in an error as the client knows it', async (t) => {
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"${A}-0"</ETag></Part></CompleteMultipartUpload>`;
  const { answer } = await askedOf(t, { line: `POST ${UPLOAD}`, body }, (response) => {
    response
      .writeHead(400)
      .end(`<Error><Code>InvalidPart</Code><Message>No.</Message><ETag>${A}</ETag></Error>`);
  });
  t.match(answer, `<ETag>${A}-0</ETag>`);
});

/** As two clients write it; every part is known to the store by its bare ETag. */
const PARTS: readonly (readonly [written: string, stored: string])[] = [
  [
    `<CompleteMultipartUpload xmlns="x"><Part><ETag>&quot;${A}-0&quot;</ETag><PartNumber>1</PartNumber></Part><Part><PartNumber>2</PartNumber><ETag>"${B}"</ETag></Part></CompleteMultipartUpload>`,
    `<CompleteMultipartUpload xmlns="x"><Part><ETag>&quot;${A}&quot;</ETag><PartNumber>1</PartNumber></Part><Part><PartNumber>2</PartNumber><ETag>"${B}"</ETag></Part></CompleteMultipartUpload>`,
  ],
  [
    `<CompleteMultipartUpload>\n<Part>\n<PartNumber>1</PartNumber>\n<ETag>${A}-0</ETag>\n</Part>\n</CompleteMultipartUpload>`,
    `<CompleteMultipartUpload>\n<Part>\n<PartNumber>1</PartNumber>\n<ETag>${A}</ETag>\n</Part>\n</CompleteMultipartUpload>`,
  ],
];

t.test('ends an upload with the parts as the store knows them, and hashes of what it gets', async (t) => {
  const result = `<CompleteMultipartUploadResult><ETag>"${B}-1"</ETag></CompleteMultipartUploadResult>`;
  for (const [body, wanted] of PARTS) {
    const md5 = createHash('md5').update(body).digest('base64');
    const { answer, stored, request } = await askedOf(
      t,
      {
        line: `POST ${UPLOAD}`,
        headers: [
          `Content-MD5: ${md5}`,
          'x-amz-checksum-crc32: AAAAAA==',
          'x-amz-checksum-type: FULL_OBJECT',
        ],
        body,
      },
      (response) => void response.end(result),
    );
    t.match(answer, result);
    t.equal(stored, wanted);
    t.match(request?.headers, {
      'content-length': String(wanted.length),
      'content-md5': createHash('md5').update(wanted).digest('base64'),
      'x-amz-content-sha256': createHash('sha256').update(wanted).digest('hex'),
    });
    // The store gets no trailers over HTTP, so it was promised no checksums of the upload.
    t.notOk(request?.headers['x-amz-checksum-crc32']);
    t.notOk(request?.headers['x-amz-checksum-type']);
  }
});

t.test('ends no upload by a body that is not what its hash says, no text, or longer than any', async (t) => {
  const [[body] = ['']] = PARTS;
  const other = createHash('md5').update('other').digest('base64');
  for (const [asked, code] of [
    [{ headers: [`Content-MD5: ${other}`], body }, 'BadDigest'],
    [{ headers: [`x-amz-content-sha256: ${'0'.repeat(64)}`], body }, 'XAmzContentSHA256Mismatch'],
    [{ body: body + ' '.repeat(4 * 1024 * 1024) }, 'MalformedXML'],
    [{ body: `${body}\xFF` }, 'MalformedXML'],
  ] as const) {
    const { answer, request } = await askedOf(t, { line: `POST ${UPLOAD}`, ...asked }, (response) => {
      response.end('<CompleteMultipartUploadResult/>');
    });
    t.match(answer, `<Code>${code}</Code>`);
    t.notOk(request, `${code}: the store hears nothing`);
  }
});

const LIST = `<ListBucketResult><Contents><Key>a</Key><ETag>"${A}"</ETag></Contents></ListBucketResult>`;

t.test('asks for documents as they are, and shows none that came compressed all the same', async (t) => {
  const headers = ['Accept-Encoding: gzip'];
  const list = await askedOf(t, { line: 'GET /secret?list-type=2', headers }, (response) => {
    response.end(LIST);
  });
  t.equal(list.request?.headers['accept-encoding'], 'identity');
  t.ok(list.answer.endsWith(LIST.replace(A, `${A}-0`)), list.answer);
  const object = await askedOf(t, { line: 'GET /secret/a', headers }, (response) => void response.end());
  t.equal(object.request?.headers['accept-encoding'], 'gzip', 'an object may be compressed');
  const zipped = await askedOf(t, { line: 'GET /secret?list-type=2', headers }, (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(LIST));
  });
  t.match(zipped.answer, /^HTTP\/1\.1 500 [\s\S]*<Code>InternalError</);
});

t.test('shows no list that is longer than any, and takes one of several MiB', async (t) => {
  for (const [size, status] of [
    [6, 200],
    [9, 500],
  ] as const) {
    const { answer } = await askedOf(t, { line: 'GET /secret?versions' }, (response) => {
      const versions = LIST.replaceAll('ListBucketResult', 'ListVersionsResult');
      response.end(versions.replace('</L', `${' '.repeat(size * 1024 * 1024)}</L`));
    });
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    t.equal(answer.includes(`${A}-0`), status === 200);
  }
});

t.test('a list of a bucket without a rule that encrypts streams on as it is', async (t) => {
  const { answer } = await askedOf(t, { line: 'GET /plain' }, (response) => {
    response.writeHead(200, { 'content-length': String(LIST.length) }).end(LIST);
  });
  t.match(answer, `content-length: ${LIST.length}`);
  t.ok(answer.endsWith(LIST));
});

t.test('touches nothing where the config says so', async (t) => {
  const etag = 'passthrough';
  const list = await askedOf(t, { line: 'GET /secret', etag }, (response) => void response.end(LIST));
  t.match(list.answer, LIST);
  const [[body] = ['']] = PARTS;
  const end = await askedOf(t, { line: `POST ${UPLOAD}`, body, etag }, (response) => {
    response.writeHead(200, { etag: `"${A}"` }).end('<CompleteMultipartUploadResult/>');
  });
  t.equal(end.stored, body);
  t.match(end.answer, `etag: "${A}"\r\n`);
  const headers = [`If-Match: "${A}-0"`];
  const get = await askedOf(t, { line: 'GET /secret/a', headers, etag }, (response) => void response.end());
  t.equal(get.request?.headers['if-match'], `"${A}-0"`);
});
