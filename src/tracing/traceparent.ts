/** What a caller says of the trace that its request belongs to. https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** Of the caller's span: 16 hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  readonly headers: TraceHeaders;
}

/** What a request to the store takes along. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/**
 * The context of two headers. "If the vendor failed to parse traceparent, it MUST NOT attempt to parse tracestate": then
 * there is none. So it is with versions of later years, which may mean something else.
 */
export function parseTrace(traceparent: string, tracestate: string | undefined): TraceContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = PARENT.exec(traceparent) ?? [];
  if (flags === '' || NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  const sampled = (Number.parseInt(flags, 16) & SAMPLED) !== 0;
  // Of the flags, only this one has a meaning in version 00: "the vendor MUST set all other bits to zero".
  const headers = headersOf({ traceId, spanId, sampled }, tracestate);
  return { traceId, spanId, sampled, headers };
}

/** The headers that name a span. */
export function headersOf(
  { traceId, spanId, sampled }: Pick<TraceContext, 'traceId' | 'spanId' | 'sampled'>,
  tracestate: string | undefined,
): TraceHeaders {
  const traceparent = `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
  return tracestate !== undefined && isState(tracestate) ? { traceparent, tracestate } : { traceparent };
}

/** Of version 00, in lower case, as it has to be. */
const PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NOTHING = /^0+$/;
const SAMPLED = 1;

/** "Vendors SHOULD propagate at least 512 characters of a combined header", and 32 entries are the most. */
const MOST_STATE = 512;
const MOST_ENTRIES = 32;

/** It means nothing here and goes on as it came, if it is no more than it may be. */
function isState(text: string): boolean {
  if (text.length > MOST_STATE) return false;
  const entries = text.split(',');
  return entries.length <= MOST_ENTRIES && entries.every((entry) => ENTRY.test(entry.trim()));
}

const ENTRY = /^$|^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
