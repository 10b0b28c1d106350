import type { Readable } from 'node:stream';
import { S3Error } from '../s3/errors.ts';

/** More than any response to a copy or a CompleteMultipartUpload, and more than a list of ten thousand buckets. */
const LONGEST = 4 * 1024 * 1024;

/** Only what S3 sends to keep a connection alive while it works: the declaration and white space. */
const WAITING = /^\s*(?:<\?xml[^>]*\?>)?\s*$/;

/**
 * Reads a small document whose status came before its outcome: "If the error occurs during the copy operation, the
 * error response is embedded in the 200 OK response", after white space that keeps the connection alive.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 *
 * @param onWaiting gets what may be sent to the client at once
 * @param longest in bytes
 * @returns the document from its root element on
 * @throws S3Error InternalError when it is longer than any such response
 */
export async function readLateDocument(
  body: Readable,
  onWaiting: (text: string) => void,
  longest = LONGEST,
): Promise<string> {
  let text = '';
  let sent = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    // Each character of the response before its root element is ASCII; the rest is decoded when it is complete.
    text += chunk.toString('latin1');
    if (text.length > longest) throw new S3Error('InternalError', 'The response of the store is too long.');
    if (WAITING.test(text)) {
      onWaiting(text.slice(sent));
      sent = text.length;
    }
  }
  const decoded = Buffer.from(text.slice(sent), 'latin1').toString('utf8');
  return sent === 0 ? decoded.replace(/^\s*<\?xml[^>]*\?>\s*/, '') : decoded.trimStart();
}
