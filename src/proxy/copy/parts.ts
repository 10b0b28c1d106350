import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { lateTimes, readLateDocument } from '../../response/late-document.ts';
import { parseStoreError } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { escapeXml } from '../../s3/xml.ts';
import { type Asked, askEnd, type Copying } from './ask.ts';
import { leave, readSpan, type Source, type Span } from './source.ts';
import { StoreRefusal } from './store-refusal.ts';
import { keepTags } from './target-tags.ts';
import { write } from './write.ts';
import { aboutTarget, conditionsOf } from './written-headers.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;

/**
 * Writes a source that is too large for one PutObject as a multipart upload, a part after the other. When one fails,
 * the upload is aborted.
 * @param headers of the object
 * @returns a HEAD of the new object: some stores don't say at the end of an upload what its ETag is
 */
export async function writeInParts(copying: Copying, source: Source, headers: WireHeaders): Promise<Asked> {
  const uploadId = await begin(copying, headers);
  try {
    const etags: string[] = [];
    for (const span of spansOf(source.length, copying.limits.partSize))
      etags.push(await writeSpan(copying, source, span, { uploadId, partNumber: String(etags.length + 1) }));
    await complete(copying, uploadId, etags);
  } catch (error) {
    await abort(copying, uploadId);
    throw error;
  }
  const head = { end: 'target', name: 'HeadObject', headers: aboutTarget(copying.message.headers) } as const;
  const made = await askEnd(copying, head);
  await keepTags(copying, headers.single('x-amz-tagging'), made);
  return made;
}

async function begin(copying: Copying, headers: WireHeaders): Promise<string> {
  const step = {
    end: 'target',
    name: 'CreateMultipartUpload',
    query: { uploads: undefined },
    headers,
  } as const;
  const { answer } = await askEnd(copying, step);
  const document = await readLateDocument(answer.response, {
    limit: copying.plan.upstream.timeouts.document,
  });
  return inDocument(() => {
    const uploadId = readDocument(document, 'InitiateMultipartUploadResult').text('UploadId')?.trim();
    if (!uploadId) throw new Error('there is no UploadId');
    return uploadId;
  });
}

async function writeSpan(
  copying: Copying,
  opened: Source,
  span: Span,
  query: { readonly uploadId: string; readonly partNumber: string },
): Promise<string> {
  const source = await readSpan(copying, opened, span);
  try {
    const headers = aboutTarget(copying.message.headers);
    const { answer } = await write(copying, { end: 'target', name: 'UploadPart', query, headers }, source);
    return answer.response.headers.etag ?? '';
  } finally {
    leave(source);
  }
}

async function complete(copying: Copying, uploadId: string, etags: readonly string[]): Promise<void> {
  const parts = etags.map(
    (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const asked = copying.message.headers;
  const headers = aboutTarget(asked).with({
    ...conditionsOf(asked),
    'content-type': 'application/xml',
    'x-amz-content-sha256': createHash('sha256').update(xml).digest('hex'),
  });
  const body = { stream: Readable.from([xml], { objectMode: false }), length: xml.byteLength };
  const step = {
    end: 'target',
    name: 'CompleteMultipartUpload',
    query: { uploadId },
    headers,
    body,
  } as const;
  const { answer, plan } = await askEnd(copying, step);
  const document = await readLateDocument(answer.response, {
    ...lateTimes(plan.upstream),
  });
  const error = parseStoreError(document, plan.ssecKeys);
  if (error) throw new StoreRefusal(500, error);
  inDocument(() => readDocument(document, 'CompleteMultipartUploadResult'));
}

/** What is left when that fails, too, is what any client leaves behind that dies. */
async function abort(copying: Copying, uploadId: string): Promise<void> {
  const { asker, message, plan } = copying;
  const { log } = asker;
  const { connect, headers: answering } = plan.upstream.timeouts;
  // The client may be gone, and the upload is to go all the same.
  const alone = { log, trace: asker.trace, signal: AbortSignal.timeout(connect + answering) };
  const headers = aboutTarget(message.headers);
  const step = { end: 'target', name: 'AbortMultipartUpload', query: { uploadId }, headers } as const;
  try {
    const { answer } = await askEnd({ ...copying, asker: alone }, step);
    answer.response.resume();
  } catch {
    log.cause ??= 'the multipart upload of a copy could not be aborted';
  }
}

function* spansOf(length: number, partSize: number): Generator<Span> {
  const size = Math.max(partSize, Math.ceil(length / MOST_PARTS));
  for (let first = 0; first < length; first += size) {
    yield { first, last: Math.min(first + size, length) - 1 };
  }
}

function inDocument<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
  }
}
