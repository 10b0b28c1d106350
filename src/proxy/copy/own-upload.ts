import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { lateTimes, readLateDocument } from '../../response/late-document.ts';
import { parseStoreError } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { escapeXml } from '../../s3/xml.ts';
import { type Asked, askEnd, type Doing } from './ask.ts';
import { StoreRefusal } from './store-refusal.ts';
import { aboutTarget, conditionsOf } from './written-headers.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MOST_PARTS = 10_000;

/** Writes them, and gives back their ETags, in their order. */
type WriteParts = (uploadId: string) => Promise<readonly string[]>;

/** How a multipart upload ended. */
export interface Completed extends Asked {
  /** As the store says it; empty where it does not. */
  readonly etag: string;
}

/**
 * Writes the target of a request as a multipart upload of the proxy's own. Whatever fails, the upload is aborted.
 * @param headers of the object
 * @throws StoreRefusal when the store refuses one of its requests; S3Error, UpstreamError
 */
export function ownUpload(doing: Doing, headers: WireHeaders, writeParts: WriteParts): Promise<Completed> {
  const upload = written(doing, headers, writeParts);
  doing.serving.unfinished.add(upload);
  return upload;
}

async function written(doing: Doing, headers: WireHeaders, writeParts: WriteParts): Promise<Completed> {
  const uploadId = await begin(doing, headers);
  try {
    return await complete(doing, uploadId, await writeParts(uploadId));
  } catch (error) {
    await abort(doing, uploadId);
    throw error;
  }
}

async function begin(doing: Doing, headers: WireHeaders): Promise<string> {
  const step = {
    end: 'target',
    name: 'CreateMultipartUpload',
    query: { uploads: undefined },
    headers,
  } as const;
  const { answer } = await askEnd(doing, step);
  const document = await readLateDocument(answer.response, {
    limit: doing.plan.upstream.timeouts.document,
  });
  return inDocument(() => {
    const uploadId = readDocument(document, 'InitiateMultipartUploadResult').text('UploadId')?.trim();
    if (!uploadId) throw new Error('there is no UploadId');
    return uploadId;
  });
}

async function complete(doing: Doing, uploadId: string, etags: readonly string[]): Promise<Completed> {
  const parts = etags.map(
    (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const asked = doing.message.headers;
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
  const { answer, plan } = await askEnd(doing, step);
  const document = await readLateDocument(answer.response, {
    ...lateTimes(plan.upstream),
  });
  const error = parseStoreError(document, plan.ssecKeys);
  if (error) throw new StoreRefusal(500, error);
  const etag = inDocument(() => readDocument(document, 'CompleteMultipartUploadResult').text('ETag'));
  return { answer, plan, etag: etag?.trim() ?? '' };
}

/** What is left when that fails, too, is what any client leaves behind that dies. */
async function abort(doing: Doing, uploadId: string): Promise<void> {
  const { asker, message, plan } = doing;
  const { log } = asker;
  const { connect, headers: answering } = plan.upstream.timeouts;
  // The client may be gone, and the upload is to go all the same.
  const alone = { log, trace: asker.trace, signal: AbortSignal.timeout(connect + answering) };
  const headers = aboutTarget(message.headers);
  const step = { end: 'target', name: 'AbortMultipartUpload', query: { uploadId }, headers } as const;
  try {
    const { answer } = await askEnd({ ...doing, asker: alone }, step);
    answer.response.resume();
  } catch {
    log.cause ??= 'the multipart upload of the proxy could not be aborted';
  }
}

function inDocument<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
  }
}
