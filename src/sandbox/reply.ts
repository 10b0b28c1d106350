import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { S3Error } from '../s3/errors.ts';
import { errorXml } from '../s3/xml.ts';
import { type Answer, Refusal } from './call.ts';
import type { Front } from './profile.ts';
import { isRefused, type Refused } from './refused.ts';

/** Sends an operation's answer; a failing body stream ends the connection. */
export async function reply(
  response: ServerResponse,
  { status = 200, headers = {}, body }: Answer,
): Promise<void> {
  if (typeof body === 'object') {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  sendText(response, status, headers, body);
}

/** Sends the error document, or for HEAD and 304 only the status. */
export function replyError(response: ServerResponse, error: Refused, front: Front): void {
  const { ids } = front;
  const own = error instanceof Refusal ? error.headers : {};
  const headers: Record<string, string> = { ...front.worded({ headers: own }).headers };
  if (error.code === 'InvalidRange')
    headers['Content-Range'] = `bytes */${error.fields.ActualObjectSize ?? '*'}`;
  if (response.req.method === 'HEAD' || error.status === 304) {
    response.writeHead(error.status, { ...headers, ...front.silently(error) }).end();
    return;
  }
  const document = errorXml({
    Code: error.code,
    Message: error.message,
    ...error.fields,
    Resource: ids.resource,
    RequestId: ids.requestId,
    HostId: ids.hostId,
  });
  sendText(response, error.status, headers, document);
}

/** The error that the client gets for a failure of the sandbox itself. */
export function asRefused(error: unknown): Refused {
  if (isRefused(error)) return error;
  return new S3Error('InternalError', 'We encountered an internal error. Please try again.', {
    cause: error,
  });
}

function sendText(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string | undefined,
): void {
  // As bytes: before a string, Node would send the headers in the string's encoding, UTF-8.
  const bytes = Buffer.from(text ?? '');
  const bodyless = status === 204 || response.req.method === 'HEAD';
  const length = bodyless ? {} : { 'Content-Length': bytes.length };
  const type = text === undefined ? {} : { 'Content-Type': 'application/xml' };
  response.writeHead(status, { ...type, ...length, ...headers }).end(bytes);
}
