import type { RequestFields } from '../log-line.ts';
import type { TraceContext, TraceHeaders } from './traceparent.ts';

/** The trace that a request belongs to. */
export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** What goes to the store when no spans are made. */
  readonly headers: TraceHeaders;
  /** Absent where no spans are made, or not of this request. */
  readonly spans?: RequestSpans;
}

/** The spans of one request: its own, authentication, and each request to the store. */
export interface RequestSpans {
  /** It is known who asks. */
  authenticated(): void;
  attempt(of: Attempted): AttemptSpan;
  /** @param objectKeys may the object key be told? */
  end(record: Readonly<RequestFields>, objectKeys: boolean): void;
}

interface Attempted {
  readonly method: string;
  readonly upstream: { readonly name: string; readonly hostname: string; readonly region: string };
  readonly ssecKeyId: string | undefined;
}

export interface AttemptSpan {
  /** For this request to the store. */
  readonly headers: TraceHeaders;
  /** Ends with the head of the answer, or with what is thrown in its place. */
  over<T extends { readonly response: { readonly statusCode?: number | undefined } }>(
    answer: Promise<T>,
  ): Promise<T>;
}

/** Makes spans and sends them. */
export interface Tracer {
  /** @param received what the caller says of its trace */
  begin(received: TraceContext | undefined, method: string): Trace;
  readonly figures: SpanFigures;
  /** Sends what waits, for a moment. */
  stop(): Promise<void>;
}

/** What became of spans: sent; failed, since the collector did not take them; dropped, since too many waited. */
export interface SpanFigures {
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
}
