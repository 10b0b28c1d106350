/**
 * The examples of "Transferring Payload in Multiple Chunks", without and with trailing headers, and of
 * "Authenticating Requests: Using Query Parameters":
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * Bucket and credentials are the documentation's own examples.
 */
export interface ChunkVector {
  readonly name: string;
  readonly rawTarget: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: string;
  readonly seed: string;
  /** Size and signature of each chunk; the data are that many `a`. */
  readonly chunks: readonly (readonly [bytes: number, signature: string])[];
  readonly trailer?: { readonly name: string; readonly value: string; readonly signature: string };
}

const COMMON = {
  host: 's3.amazonaws.com',
  'x-amz-date': '20130524T000000Z',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '66560',
};

export const DECODED = 'a'.repeat(66_560);

export const CHUNKED: ChunkVector = {
  name: 'signed chunks',
  rawTarget: '/examplebucket/chunkObject.txt',
  headers: {
    ...COMMON,
    'content-length': '66824',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  },
  signedHeaders:
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
  seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  chunks: [
    [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ],
};

export const WITH_TRAILER: ChunkVector = {
  name: 'signed chunks with a trailer',
  rawTarget: '/examplebucket/chunkObject.txt',
  headers: {
    ...COMMON,
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32c',
  },
  signedHeaders:
    'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
  seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  chunks: [
    [65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'],
    [1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'],
    [0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'],
  ],
  trailer: {
    name: 'x-amz-checksum-crc32c',
    value: 'sOO8/Q==',
    signature: 'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
  },
};

/** The body of a vector as it is on the wire. */
export function wireBody({ chunks, trailer }: ChunkVector): string {
  const framed = chunks.map(([bytes, signature]) => {
    const head = `${bytes.toString(16)};chunk-signature=${signature}\r\n`;
    return bytes === 0 ? head : `${head}${'a'.repeat(bytes)}\r\n`;
  });
  const end = trailer
    ? `${trailer.name}:${trailer.value}\r\nx-amz-trailer-signature:${trailer.signature}\r\n\r\n`
    : '\r\n';
  return framed.join('') + end;
}

export const PRESIGNED = {
  host: 'examplebucket.s3.amazonaws.com',
  rawTarget:
    '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
} as const;
