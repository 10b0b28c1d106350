import type { ProviderName } from '../../../src/s3/providers.ts';

/** What `doctor` must say of a store of the matrix. */
export interface Expected {
  /** Its findings that are not fine, with the right provider: all of them, by their check. */
  readonly notes: readonly (readonly [check: string, found: RegExp])[];
  /** Wrong providers: the exit code, and what the report must contain. */
  readonly wrongRows: readonly WrongRow[];
}

interface WrongRow {
  readonly row: ProviderName;
  readonly code: 0 | 1;
  readonly found: RegExp;
}

const NO_RING = /reads would stop at the first key of a ring/;

export const EXPECTED: Readonly<Record<string, Expected>> = {
  sandbox: {
    notes: [],
    wrongRows: [
      { row: 'ceph', code: 1, found: NO_RING },
      {
        row: 'minio',
        code: 0,
        found: /the store keeps object keys unchanged, but the provider does not use that/,
      },
      { row: 'seaweedfs', code: 0, found: /uses the MD5 of an object as its ETag, but it does not/ },
      {
        row: 'generic',
        code: 0,
        found: /encrypts with UploadPartCopy and proves it, but the provider does not use that/,
      },
    ],
  },
  ceph: {
    notes: [
      ['encryption', /does not know GetBucketEncryption/],
      ['copy', /does not copy encrypted objects: 501/],
      ['multipart', /does not copy encrypted objects as parts: 400/],
      ['framing', /accepts no trailers: 400/],
      ['body hashes', /x-amz-checksum-crc32: NOT checked/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: NO_RING },
      { row: 'minio', code: 1, found: /accepts bodies in chunks, with trailers, but it does not/ },
      { row: 'seaweedfs', code: 1, found: /encrypts with CopyObject and proves it, but it does not/ },
      { row: 'generic', code: 0, found: /which the provider treats as unclear/ },
    ],
  },
  minio: {
    notes: [['object keys', /\/front is front/]],
    wrongRows: [
      { row: 'aws', code: 1, found: /names the key in its response to CopyObject, but it does not/ },
      { row: 'ceph', code: 1, found: NO_RING },
      { row: 'seaweedfs', code: 0, found: /uses the MD5 of an object as its ETag, but it does not/ },
      {
        row: 'generic',
        code: 1,
        found: /names the key in its response to CreateMultipartUpload, but it does not/,
      },
    ],
  },
  seaweedfs: {
    notes: [
      ['multipart', /does not copy encrypted objects as parts: 501/],
      ['framing', /stores the framing with them/],
      ['body hashes', /x-amz-content-sha256: NOT checked/],
      ['object keys', /fold\/\/a is fold\/a/],
      // With its provider the proxy checks everything, because the store keeps the beginning of a body that is too short.
      ['provider', /checks Content-MD5 of a body, but the provider does not use that/],
      ['provider', /checks x-amz-checksum-\* of a body, but the provider does not use that/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: /keeps object keys unchanged, but it does not/ },
      { row: 'ceph', code: 1, found: NO_RING },
      { row: 'minio', code: 1, found: /accepts bodies in chunks, with trailers, but it does not/ },
      {
        row: 'generic',
        code: 1,
        found: /names the key in its response to CreateMultipartUpload, but it does not/,
      },
    ],
  },
  garage: {
    notes: [
      ['encryption', /does not show the encryption settings of the bucket: 501/],
      ['listing', /the store does not list versions: 501/],
      ['object keys', /\/front is front/],
    ],
    wrongRows: [
      { row: 'aws', code: 1, found: NO_RING },
      {
        row: 'minio',
        code: 1,
        found: /names the key in its response to CreateMultipartUpload, but the provider does not use that/,
      },
      { row: 'seaweedfs', code: 1, found: /uses the MD5 of an object as its ETag, but it does not/ },
      { row: 'generic', code: 0, found: /which the provider treats as unclear/ },
    ],
  },
};
