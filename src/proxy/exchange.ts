import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dialect, S3 } from '../dialects/dialect.ts';
import { Leaving, type Signal } from '../leaving.ts';
import { endOf } from '../listener/ending.ts';
import { forwardedFor } from '../listener/forwarded-for.ts';
import type { Front } from '../listener/front.ts';
import { readWhole } from '../listener/read-whole.ts';
import { remoteOf } from '../listener/remote.ts';
import { ClientRequest } from '../listener/requests.ts';
import { emptyFields, type RequestFields } from '../log-line.ts';
import { WireHeaders } from '../s3/headers.ts';
import { newRequestId } from '../s3/request-id.ts';
import { ssecHeaderNames } from '../ssec/headers.ts';
import type { Trace, Tracer } from '../tracing/trace.ts';
import { parseTrace } from '../tracing/traceparent.ts';
import type { Message } from './message.ts';

/** One request of a client and its answer, with what the log will say of it. There is one, and it is never copied. */
export interface Exchange {
  /** 16 hex digits: in the response's `x-amz-request-id`, in errors and in the log. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Origin-form target, exactly as it came. */
  readonly rawTarget: string;
  /** The address of the client; undefined behind a unix socket. */
  readonly remote: string | undefined;
  /** What the client said, as it came. */
  readonly received: Message;
  /** Aborted when the client leaves before its response is complete. */
  readonly signal: Signal;
  /** The client among whose requests it has its place. */
  entered: string | undefined;
  /** Set when the connection must end with the answer. */
  close: boolean;
  /** What the client speaks, as its signature says: its answer is in it. What the line sees is internal. */
  dialect: Dialect;
  /** Set when the client's connection ended before anything of its answer was sent: what is written later reaches nobody. */
  unanswered: boolean;
  /** Set when all of the answer is written, and only the rest of the request is read before the connection ends. */
  written: boolean;
  readonly startedAt: number;
  /** What the log line will say, beside what `account` adds. */
  readonly log: RequestFields;
  /** The trace that it belongs to, if the client or the proxy has one. */
  readonly trace?: Trace | undefined;
}

/** For whom a store is asked: who waits, and where the log notes it. */
export interface Asker extends Pick<Exchange, 'signal' | 'log' | 'trace'> {
  /** What is done for it is undone when it leaves. */
  readonly undone?: boolean;
}

/** Callers that have no name of their own, as the log has them. */
export const UNNAMED = {
  open: 'anyone on this listener',
  preflight: 'preflight',
  negotiation: 'negotiation',
  anonymous: 'anonymous',
} as const;

const NO_NAMES: ReadonlySet<string> = new Set(Object.values(UNNAMED));

const TARGET_KEY = ssecHeaderNames('target').key;
const SOURCE_KEY = ssecHeaderNames('source').key;

/** So many operations: clients mostly use fewer. */
const MOST_OPERATIONS = 16;

/**
 * Of each operation the latest request, which nobody reads. V8 throws optimised code away when the last object is gone of a
 * shape that the code was made for. A proxy that rests has no requests, so the collection of garbage in a rest of eight
 * seconds took nearly all of it: the next burst began with 150 functions to be compiled again.
 *
 * It lives as long as a snapshot: what is removed from the config stays in no request that was kept.
 */
export class LatestServed {
  readonly #served = new Map<string, unknown>();

  keep(operation: string, headers: WireHeaders, parts: unknown): void {
    // A key that a client brought stays no longer than its request.
    if (headers.has(TARGET_KEY) || headers.has(SOURCE_KEY)) return;
    if (this.#served.size >= MOST_OPERATIONS && !this.#served.has(operation)) this.#served.clear();
    this.#served.set(operation, parts);
  }

  /** How many are kept. */
  get size(): number {
    return this.#served.size;
  }
}

/** Who shares room with others: an access key, or the address of one that has none. */
export function clientOf(
  { remote, log }: Pick<Exchange, 'remote' | 'log'>,
  name = log.client ?? UNNAMED.anonymous,
): string {
  return NO_NAMES.has(name) ? `address ${remote}` : `key ${name}`;
}

/** As Node reads it: without the 100 that it then waits for, it would end the connection. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** @param tracer makes spans, where some are wanted */
export function makeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  front?: Front,
  tracer?: Tracer,
): Exchange {
  const signal = new Leaving();
  const log = emptyFields();
  log.id = newRequestId();
  log.method = request.method;
  const peer = remoteOf(request.socket);
  const remote = front ? addressBehind(front, request, peer.address) : peer.address;
  log.remote = remote;
  log.tls = peer.tls;
  const received = receivedMessage(request, response);
  const trace = tracer || received.headers.has('traceparent') ? traceOf(received, tracer) : undefined;
  log.trace = trace?.traceId;
  const exchange: Exchange = {
    id: log.id,
    request,
    response,
    rawTarget: request.url ?? '',
    remote,
    received,
    signal,
    entered: undefined,
    close: false,
    dialect: S3,
    unanswered: false,
    written: false,
    startedAt: performance.now(),
    log,
    trace,
  };
  response.on('close', () => {
    if (response.writableFinished) return;
    exchange.unanswered = !response.headersSent;
    const end = endOf(request.socket);
    if (end) {
      log.cause ??= end.cause;
      log.code ??= end.code;
    }
    signal.abort();
  });
  return exchange;
}

/** The address of the client, as far as those in front of the listener are believed. */
function addressBehind(
  front: Front,
  { headers }: IncomingMessage,
  peer: string | undefined,
): string | undefined {
  const forwarded = front.forwardedFor ? headers['x-forwarded-for'] : undefined;
  return typeof forwarded === 'string' ? forwardedFor(peer, forwarded, front.trusted) : peer;
}

/** The trace of the client goes on as it came, unless the proxy has spans of its own in it. */
function traceOf({ headers, method }: Message, tracer: Tracer | undefined): Trace | undefined {
  const traceparent = headers.joined('traceparent');
  const received =
    traceparent === undefined ? undefined : parseTrace(traceparent, headers.joined('tracestate'));
  return tracer ? tracer.begin(received, method) : received;
}

function receivedMessage(request: IncomingMessage, response: ServerResponse): Message {
  const read = request instanceof ClientRequest ? request.wire : undefined;
  const headers = read ?? new WireHeaders(request.rawHeaders);
  // Without Content-Length and Transfer-Encoding a request has no body (RFC 9112 §6.3).
  const length = headers.joined('content-length');
  const some = headers.has('transfer-encoding') || (length !== undefined && !/^0+$/.test(length));
  let continued = false;
  return {
    method: request.method ?? '',
    headers,
    body: some ? 'some' : 'none',
    stream: request,
    begin: (whole) => {
      if (whole) readWhole(request);
      // Once, also when the body goes to another connection because nothing of it was taken on the first.
      if (!continued && CONTINUE.test(headers.joined('expect') ?? '')) response.writeContinue();
      continued = true;
    },
  };
}
