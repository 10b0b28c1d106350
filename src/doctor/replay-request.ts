import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { encodePath } from '../s3/percent.ts';
import { escapeXml } from '../s3/xml.ts';
import type { StoreRequest } from '../store-client/client.ts';
import { crc32Of, framed } from './framed.ts';
import type { SentPart, Stage, State } from './replay-stage.ts';
import type { Step } from './sequences/step.ts';

const METHODS: Readonly<Record<Step['op'], StoreRequest['method']>> = {
  HeadBucket: 'HEAD',
  List: 'GET',
  ListUploads: 'GET',
  Head: 'HEAD',
  Get: 'GET',
  Link: 'GET',
  Put: 'PUT',
  Copy: 'PUT',
  Delete: 'DELETE',
  DeleteMany: 'POST',
  Begin: 'POST',
  Part: 'PUT',
  PartCopy: 'PUT',
  ListParts: 'GET',
  Complete: 'POST',
  Append: 'POST',
  SetMetadata: 'PUT',
};
const OF_BUCKETS: ReadonlySet<Step['op']> = new Set(['HeadBucket', 'List', 'ListUploads', 'DeleteMany']);

/** Requests that say that they have no body. */
const EMPTY: ReadonlySet<Step['op']> = new Set(['Copy', 'PartCopy', 'SetMetadata']);

/** The request of a step, without the bucket. */
export function requestOf(
  step: Step,
  { bucket, folder }: Stage,
  { uploads, objects }: State,
  body: Buffer | undefined,
): Omit<StoreRequest, 'bucket'> {
  const { op, on = '', from, part, framing } = step;
  const uploadId = uploads.get(on)?.id ?? '';
  const prefix = `${folder}${on}`;
  const queries: Partial<Record<Step['op'], Readonly<Record<string, string | undefined>>>> = {
    List: { prefix },
    ListUploads: { prefix, uploads: '' },
    DeleteMany: { delete: '' },
    Begin: { uploads: '' },
    Part: { partNumber: String(part), uploadId },
    PartCopy: { partNumber: String(part), uploadId },
    ListParts: { uploadId },
    Complete: { uploadId },
    Append: { append: undefined, position: String(objects.get(on)?.length ?? 0) },
    SetMetadata: { metadata: undefined },
  };
  const chunks = framing?.endsWith('trailer') && body ? framed(body) : undefined;
  const sent = chunks?.body ?? body;
  const whole = !framing?.startsWith('endless');
  return {
    method: METHODS[op],
    ...(OF_BUCKETS.has(op) ? {} : { objectKey: on }),
    query: { ...step.query, ...queries[op] },
    headers: {
      ...step.headers,
      ...chunks?.headers,
      ...(framing === 'unsigned' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
      ...(whole ? {} : { 'transfer-encoding': 'chunked' }),
      ...(step.proof && op !== 'Complete' && body ? PROOFS[step.proof](body) : {}),
      ...(from === undefined ? {} : { 'x-amz-copy-source': `${bucket}/${encodePath(folder + from)}` }),
    },
    ...(sent === undefined ? {} : { body: whole ? sent : Readable.from(sent, { objectMode: false }) }),
  };
}

const PROOFS: Readonly<Record<NonNullable<Step['proof']>, (body: Buffer) => Record<string, string>>> = {
  md5: (body) => ({ 'content-md5': createHash('md5').update(body).digest('base64') }),
  crc32: (body) => ({ 'x-amz-checksum-crc32': crc32Of(body) }),
};

/** The body of a step, before its framing. */
export function bodyOf(
  { op, on = '', size, many = [], proof }: Step,
  { bytes, folder }: Stage,
  { uploads }: State,
): Buffer | undefined {
  if (size !== undefined) return bytes(size);
  if (op === 'DeleteMany') {
    const objects = many.map((name) => `<Object><Key>${escapeXml(folder + name)}</Key></Object>`);
    return Buffer.from(`<Delete>${objects.join('')}<Quiet>false</Quiet></Delete>`);
  }
  if (op !== 'Complete') return EMPTY.has(op) ? Buffer.alloc(0) : undefined;
  const parts = (uploads.get(on)?.parts ?? []).toSorted((a, b) => a.number - b.number);
  const lines = parts.map((part) => `<Part>${fieldsOf(part, proof === 'crc32')}</Part>`);
  return Buffer.from(`<CompleteMultipartUpload>${lines.join('')}</CompleteMultipartUpload>`);
}

function fieldsOf({ number, etag, crc32 }: SentPart, withChecksum: boolean): string {
  const checksum =
    withChecksum && crc32 !== undefined ? `<ChecksumCRC32>${escapeXml(crc32)}</ChecksumCRC32>` : '';
  return `${checksum}<ETag>${escapeXml(etag)}</ETag><PartNumber>${number}</PartNumber>`;
}
