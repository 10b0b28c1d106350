import { createHash } from 'node:crypto';
import { BUCKET } from './ground.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The sizes of objects that the origin has, in bytes. */
export const SIZES: Readonly<Record<string, number>> = {
  '1k': KIB,
  '64k': 64 * KIB,
  '1m': MIB,
  '64m': 64 * MIB,
};

/** The content of every object of a size: bytes without a pattern that a compressor or a comparison could use. */
export function bodyOf(size: string): Buffer {
  const length = SIZES[size];
  if (length === undefined) throw new Error(`no object is of the size ${size}`);
  return createHash('shake256', { outputLength: length }).update(size).digest();
}

/** A list of 1,000 objects, as ListObjectsV2 answers it. */
export const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${BUCKET}</Name><Prefix></Prefix><KeyCount>1000</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${Array.from(
  { length: 1000 },
  (_, index) =>
    `<Contents><Key>folder/object-${String(index).padStart(6, '0')}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${createHash('md5').update(String(index)).digest('hex')}&quot;</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Contents>`,
).join('')}</ListBucketResult>`;
