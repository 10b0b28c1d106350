import { postResponse, redirectUrl, type Stored, type Success } from '../../forms/success.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { clientHeaders } from './head.ts';
import { ownUrl } from './own-url.ts';
import type { Reply } from './reply.ts';
import { sendDocument, sendEmpty } from './send.ts';

/** Answers a form whose file is stored as the form asked for. */
export async function replyToForm({ exchange, answer, plan }: Reply, success: Success): Promise<void> {
  const { response } = answer;
  const { target } = plan;
  if (target.shape !== 'object') throw new Error('a form stores an object');
  response.resume();
  const headers = clientHeaders(response, 'replaced', plan);
  const etag = new WireHeaders(headers).joined('etag') ?? '';
  const location = ownUrl(exchange, plan, 'bucket');
  const { bucket, objectKey } = target;
  const stored: Stored = { location, bucket, objectKey, etag };
  if (success.kind === 'redirect') {
    await sendEmpty(exchange, 303, [...headers, 'location', redirectUrl(success.url, stored)]);
  } else if (success.status === 201) {
    await sendDocument(exchange, 201, postResponse(stored), [...headers, 'location', location]);
  } else {
    await sendEmpty(exchange, success.status, [...headers, 'location', location]);
  }
}
