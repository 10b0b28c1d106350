import { createHash } from 'node:crypto';
import { encodePath } from '../s3/percent.ts';
import { escapeXml } from '../s3/xml.ts';
import type { StoreRequest } from '../store-client/client.ts';
import { framed } from './framed.ts';
import type { Stage, State } from './replay-stage.ts';
import type { Step } from './sequences/step.ts';

const METHODS: Readonly<Record<Step['op'], StoreRequest['method']>> = {
  HeadBucket: 'HEAD',
  List: 'GET',
  ListUploads: 'GET',
  Head: 'HEAD',
  Get: 'GET',
  Put: 'PUT',
  Copy: 'PUT',
  Delete: 'DELETE',
  DeleteMany: 'POST',
  Begin: 'POST',
  Part: 'PUT',
  ListParts: 'GET',
  Complete: 'POST',
};
const OF_BUCKETS: ReadonlySet<Step['op']> = new Set(['HeadBucket', 'List', 'ListUploads', 'DeleteMany']);

/** What a step sends, without the bucket. */
export function requestOf(
  step: Step,
  { bucket, folder }: Stage,
  { uploads }: State,
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
    ListParts: { uploadId },
    Complete: { uploadId },
  };
  const chunks = framing === 'trailer' && body ? framed(body) : undefined;
  const md5 = step.md5 === true || op === 'DeleteMany';
  const sent = chunks?.body ?? body;
  return {
    method: METHODS[op],
    ...(OF_BUCKETS.has(op) ? {} : { objectKey: on }),
    query: { ...step.query, ...queries[op] },
    headers: {
      ...step.headers,
      ...chunks?.headers,
      ...(framing === 'unsigned' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
      ...(md5 && body ? { 'content-md5': createHash('md5').update(body).digest('base64') } : {}),
      ...(from === undefined ? {} : { 'x-amz-copy-source': `${bucket}/${encodePath(folder + from)}` }),
    },
    ...(sent === undefined ? {} : { body: sent }),
  };
}

/** The body of a step, before it is framed. */
export function bodyOf(
  { op, on = '', size, many = [] }: Step,
  { bytes, folder }: Stage,
  { uploads }: State,
): Buffer | undefined {
  if (size !== undefined) return bytes(size);
  if (op === 'DeleteMany') {
    const objects = many.map((name) => `<Object><Key>${escapeXml(folder + name)}</Key></Object>`);
    return Buffer.from(`<Delete>${objects.join('')}<Quiet>false</Quiet></Delete>`);
  }
  if (op !== 'Complete') return op === 'Copy' ? Buffer.alloc(0) : undefined;
  const parts = uploads.get(on)?.parts ?? [];
  const lines = parts.map(
    ({ etag }, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  return Buffer.from(`<CompleteMultipartUpload>${lines.join('')}</CompleteMultipartUpload>`);
}
