import { createHash } from 'node:crypto';
import { S3Error } from '../../s3/errors.ts';
import { letGo } from '../../upstream/let-go.ts';
import { type Asked, askEnd, type Doing } from '../copy/ask.ts';
import { ownUpload } from '../copy/own-upload.ts';
import { aboutTarget } from '../copy/written-headers.ts';
import { sendEmpty } from '../reply/send.ts';
import { putAnswer } from './answer.ts';
import { inPieces } from './in-pieces.ts';
import type { Unsized } from './unsized.ts';
import { uploadHeaders } from './upload-headers.ts';

/**
 * Writes a PutObject of unknown length as a multipart upload, a part after the other as they come, and answers it. Its
 * end is asked for only when the whole body is here and fits what its client says of it.
 * @param first part, in memory that it has for itself
 * @throws S3Error EntityTooLarge; StoreRefusal; the errors of the body
 */
export async function putInParts(doing: Doing, unsized: Unsized, first: Buffer): Promise<void> {
  const { exchange, message } = doing;
  let written = 0;
  let last: Asked | undefined;
  try {
    const headers = uploadHeaders(message.headers);
    const completed = await ownUpload(doing, headers, async (uploadId) => {
      const etags: string[] = [];
      for (let part: Buffer | undefined = first; part; part = await nextPart(unsized)) {
        if (written + part.byteLength > unsized.limits.largest) throw tooLarge(unsized.limits.largest);
        last = await putPart(doing, part, { uploadId, partNumber: String(etags.length + 1) });
        etags.push(last.answer.response.headers.etag ?? '');
        written += part.byteLength;
        letGo(Buffer.from(part.buffer));
        unsized.room.leave();
      }
      return etags;
    });
    const answer = await putAnswer(doing, {
      completed,
      part: last,
      tagging: headers.single('x-amz-tagging'),
    });
    await sendEmpty(exchange, 200, answer);
  } finally {
    exchange.log.bytesIn = written;
  }
}

/** Room is waited for only when there is something to hold: the client may be slow, and others wait as well. */
async function nextPart({ reader, room, limits }: Unsized): Promise<Buffer | undefined> {
  if (!(await reader.more())) return undefined;
  await room.take(limits.part);
  const part = Buffer.allocUnsafeSlow(limits.part);
  const size = await room.filling(() => reader.fill(part));
  return part.subarray(0, size);
}

async function putPart(
  doing: Doing,
  part: Buffer,
  query: { readonly uploadId: string; readonly partNumber: string },
): Promise<Asked> {
  const headers = aboutTarget(doing.message.headers).with({
    'content-md5': createHash('md5').update(part).digest('base64'),
  });
  const body = { stream: inPieces([part]), length: part.byteLength };
  const step = { end: 'target', name: 'UploadPart', query, headers, body, undone: true } as const;
  const asked = await askEnd(doing, step);
  asked.answer.response.resume();
  return asked;
}

function tooLarge(largest: number): S3Error {
  return new S3Error(
    'EntityTooLarge',
    `Your proposed upload exceeds the maximum allowed size of ${largest} bytes. Send it as a multipart upload.`,
    { fields: { MaxSizeAllowed: String(largest) } },
  );
}
