import t from 'tap';
import { exchangeOf, httpStore, startWire } from './wire.ts';

// Node takes the stream of a request without Content-Length and Transfer-Encoding for one that has ended: who reads a body
// must not wait for it.
for (const [what, lines, status] of [
  ['PutObject', ['PUT /secret/a HTTP/1.1'], 411],
  ['PutObject with a checksum', ['PUT /secret/a HTTP/1.1', 'x-amz-checksum-crc32: AAAAAA=='], 411],
  [
    'PutObject in chunks',
    ['PUT /secret/a HTTP/1.1', 'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
    411,
  ],
  ['DeleteObjects', ['POST /secret?delete HTTP/1.1'], 400],
  ['CompleteMultipartUpload', ['POST /plain/a?uploadId=u HTTP/1.1'], 200],
  ['CompleteMultipartUpload of a foreign upload', ['POST /secret/a?uploadId=u HTTP/1.1'], 404],
  ['RestoreObject', ['POST /secret/a?restore HTTP/1.1'], 200],
  ['PutObjectTagging', ['PUT /secret/a?tagging HTTP/1.1'], 200],
  // The answer of this store is no document.
  ['CreateMultipartUpload', ['POST /secret/a?uploads HTTP/1.1'], 503],
  ['a form', ['POST /secret HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b'], 411],
  ['GetObject', ['GET /secret/a HTTP/1.1'], 200],
] as const)
  for (const etag of ['auto', 'mark'] as const)
    t.test(`${what} without a body is answered at once (etag: ${etag})`, async (t) => {
      const store = await httpStore(t, (request, response) =>
        request.resume().on('end', () => response.end()),
      );
      const { port } = await startWire(t, { ...store, etag, clients: '[]' });
      const answer = await exchangeOf(t, port, lines);
      t.equal(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), status, answer);
    });
