/**
 * What minio-go 7.4.1 wrote on its socket for a PutObject with `TrailingHeaders` and CRC32C, over http and over https.
 * `DATA` stands for what is elided: 64 KiB in one chunk, the rest in another.
 */
export const DATA = 'minio-go '.repeat(8000);

/** When both were signed, with the credentials of the tests' client. */
export const SIGNED_AT = new Date('2026-11-22T02:23:42Z');

const [FIRST, SECOND] = [DATA.slice(0, 65_536), DATA.slice(65_536)];

const SIGNED_TRAILER = `PUT /secret/minio-go HTTP/1.1\r
Host: 127.0.0.1:46211\r
User-Agent: MinIO (linux; amd64) minio-go/v7.4.1\r
Content-Length: 72388\r
Authorization: AWS4-HMAC-SHA256 Credential=client/20261122/eu-test-1/s3/aws4_request,SignedHeaders=content-encoding;content-type;host;x-amz-checksum-algorithm;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-trailer,Signature=8c9af241754a9fd79e399056fcb66f203f270aa9a2cc9c4c3e9b5a93329b2fdc\r
Content-Encoding: aws-chunked\r
Content-Type: application/octet-stream\r
X-Amz-Checksum-Algorithm: CRC32C\r
X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r
X-Amz-Date: 20261122T022342Z\r
X-Amz-Decoded-Content-Length: 72000\r
X-Amz-Trailer: x-amz-checksum-crc32c\r
Accept-Encoding: gzip\r
\r
10000;chunk-signature=80ccbdafa145b0d707e0f0a37489b671779b6c69da6503ec7db927271b7dff51\r
${FIRST}\r
1940;chunk-signature=834995f26c76175436fbfe5f890dc9e0042783f2e3f2c3ddf574863dc7338e4d\r
${SECOND}\r
0;chunk-signature=6fc793a4fad79426fc500f5a5f442ba1306b1f8ac040cce19b96b7013177562c\r
x-amz-checksum-crc32c:NDCbVg==
\r
x-amz-trailer-signature:0c640e5e4d64cd88a3c8480c6ed40329dbf209c9da26c3a6d8626fe61653dce5\r
\r
`;

const UNSIGNED_TRAILER = `PUT /secret/minio-go HTTP/1.1\r
Host: 127.0.0.1:46167\r
User-Agent: MinIO (linux; amd64) minio-go/v7.4.1\r
Content-Length: 72055\r
Authorization: AWS4-HMAC-SHA256 Credential=client/20261122/eu-test-1/s3/aws4_request, SignedHeaders=content-encoding;content-type;host;x-amz-checksum-algorithm;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-trailer, Signature=7e01e225e18592aa5f8eaa253fa9d924fcc97b01eccbcb809162e1b5b47e392c\r
Content-Encoding: aws-chunked\r
Content-Type: application/octet-stream\r
X-Amz-Checksum-Algorithm: CRC32C\r
X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r
X-Amz-Date: 20261122T022342Z\r
X-Amz-Decoded-Content-Length: 72000\r
X-Amz-Trailer: x-amz-checksum-crc32c\r
Accept-Encoding: gzip\r
\r
10000\r
${FIRST}\r
1940\r
${SECOND}\r
0\r
x-amz-checksum-crc32c:NDCbVg==
\r
\r
`;

export const MINIO_GO = { 'signed trailer': SIGNED_TRAILER, 'unsigned trailer': UNSIGNED_TRAILER } as const;
