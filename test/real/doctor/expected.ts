import type { ProviderName } from '../../../src/s3/providers.ts';

/** What `doctor` must say of a store of the matrix. */
export interface Expected {
  /** Its findings that are not fine, told by their check, with the row that is the store's own: all of them. */
  readonly notes: readonly (readonly [check: string, found: RegExp])[];
  /** Rows that are not its own: the exit code, and what the report must hold of it. */
  readonly wrongRows: readonly WrongRow[];
}

interface WrongRow {
  readonly row: ProviderName;
  readonly code: 0 | 1;
  readonly found: RegExp;
}

const NO_RING = /a ring ends at its first key/;

export const EXPECTED: Readonly<Record<string, Expected>> = {
  sandbox: {
    notes: [],
    wrongRows: [
      { row: 'ceph', code: 1, found: NO_RING },
      {
        row: 'minio',
        code: 0,
        found: /the store keeps object keys as they are, of which the row makes no use/,
      },
      { row: 'seaweedfs', code: 0, found: /has the MD5 of an object as its ETag, and it does not/ },
      {
        row: 'generic',
        code: 0,
        found: /encrypts by UploadPartCopy and shows it, of which the row makes no/,
      },
    ],
  },
  ceph: {
    notes: [
      ['encryption', /does not know GetBucketEncryption/],
      ['copy', /does not copy encrypted objects: 501/],
      ['multipart', /does not copy encrypted objects as parts: 400/],
      ['framing', /takes no trailers: 400/],
      ['body hashes', /x-amz-checksum-crc32: NOT checked/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: NO_RING },
      { row: 'minio', code: 1, found: /takes bodies in chunks, with trailers, and it does not/ },
      { row: 'seaweedfs', code: 1, found: /encrypts by CopyObject and shows it, and it does not/ },
      { row: 'generic', code: 0, found: /which the row takes for unclear/ },
    ],
  },
  minio: {
    notes: [['object keys', /\/front is front/]],
    wrongRows: [
      { row: 'aws', code: 1, found: /names the key in its answer to CopyObject, and it does not/ },
      { row: 'ceph', code: 1, found: NO_RING },
      { row: 'seaweedfs', code: 0, found: /has the MD5 of an object as its ETag, and it does not/ },
      {
        row: 'generic',
        code: 1,
        found: /names the key in its answer to CreateMultipartUpload, and it does not/,
      },
    ],
  },
  seaweedfs: {
    notes: [
      ['multipart', /does not copy encrypted objects as parts: 501/],
      ['framing', /stores the framing with them/],
      ['body hashes', /x-amz-content-sha256: NOT checked/],
      ['object keys', /fold\/\/a is fold\/a/],
      // Its row has everything checked by the proxy, since the store keeps the beginning of a body that is too short.
      ['provider row', /checks Content-MD5 of a body, of which the row makes no use/],
      ['provider row', /checks x-amz-checksum-\* of a body, of which the row makes no use/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: /keeps object keys as they are, and it does not/ },
      { row: 'ceph', code: 1, found: NO_RING },
      { row: 'minio', code: 1, found: /takes bodies in chunks, with trailers, and it does not/ },
      {
        row: 'generic',
        code: 1,
        found: /names the key in its answer to CreateMultipartUpload, and it does not/,
      },
    ],
  },
  garage: {
    notes: [
      ['encryption', /does not tell the encryption of the bucket: 501/],
      ['listing', /versions are not listed: 501/],
      ['object keys', /\/front is front/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: NO_RING },
      {
        row: 'minio',
        code: 1,
        found: /names the key in its answer to CreateMultipartUpload, of which the row makes no use/,
      },
      { row: 'seaweedfs', code: 1, found: /has the MD5 of an object as its ETag, and it does not/ },
      { row: 'generic', code: 0, found: /which the row takes for unclear/ },
    ],
  },
};
