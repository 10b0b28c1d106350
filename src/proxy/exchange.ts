import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Success } from '../forms/success.ts';
import { WireHeaders } from '../s3/headers.ts';

/** One request and its response, with what the log will say of it. */
export interface Exchange {
  /** 16 hex digits: in the response's `x-amz-request-id`, in errors and in the log. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Origin-form target, exactly as it came. */
  readonly rawTarget: string;
  readonly headers: WireHeaders;
  readonly body: 'none' | 'some';
  /** The body, as the store is to have it. */
  readonly stream: Readable;
  /** How to answer when this stands for a POST of a form, and its file is stored. */
  readonly form?: Success;
  /** Asks a client that waits for `100 Continue` for its body. */
  readonly begin: () => void;
  /** Aborted when the client leaves before its response is complete. */
  readonly signal: AbortSignal;
  /** Set when the connection must end with the answer. */
  close: boolean;
  readonly startedAt: number;
  readonly log: LogFields;
}

/** What the one log line of a request holds. Nothing secret: ids and fingerprints only. */
interface LogFields {
  client?: string;
  op?: string;
  bucket?: string;
  objectKey?: string;
  rule?: string;
  /** Where it went, unless that is the default upstream. */
  upstream?: string;
  /** The id of the SSE-C key that went to the store last. */
  ssecKeyId?: string;
  /** How many requests to the store it took. */
  attempts?: number;
  /** The object that was read lies at the store in plain, under an encrypting rule. */
  plain?: true;
  upstreamStatus?: number;
  upstreamRequestId?: string;
  /** Code of the S3 error that the client got. */
  code?: string;
  /** For operators: what lies behind the error. */
  cause?: string;
}

/** As Node reads it: without the 100 that it then waits for, it would end the connection. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

export function makeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  const headers = new WireHeaders(request.rawHeaders);
  return {
    id: randomBytes(8).toString('hex').toUpperCase(),
    request,
    response,
    method: request.method ?? '',
    rawTarget: request.url ?? '',
    headers,
    body: bodyOf(headers),
    stream: request,
    begin: () => {
      if (CONTINUE.test(headers.joined('expect') ?? '')) response.writeContinue();
    },
    signal: leaving.signal,
    close: false,
    startedAt: performance.now(),
    log: {},
  };
}

/** Without Content-Length and Transfer-Encoding a request has no body (RFC 9112 §6.3). */
function bodyOf(headers: WireHeaders): 'none' | 'some' {
  const length = headers.joined('content-length');
  return headers.has('transfer-encoding') || (length !== undefined && !/^0+$/.test(length)) ? 'some' : 'none';
}
