import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Logger } from '../log.ts';
import type { RequestFields } from '../log-line.ts';
import { Outbox } from './bounded.ts';
import { Collector } from './collector.ts';
import type { AttemptSpan, RequestSpans, Trace, Tracer } from './trace.ts';
import { headersOf, type TraceContext, type TraceHeaders } from './traceparent.ts';

/** The standard queue; `OTEL_BSP_MAX_QUEUE_SIZE` may make it shorter or longer. */
const QUEUE = 2048;
/** What waits at the end has this long to be sent, in milliseconds. */
const STOP_MS = 2000;
/** Of each value: a client chooses some of them. */
const MOST_CHARACTERS = 1024;

/** Loaded only when spans are wanted: all of OpenTelemetry comes with it. */
export function makeTracer(log: Pick<Logger, 'info' | 'warn'>): Tracer {
  const most = Number(process.env.OTEL_BSP_MAX_QUEUE_SIZE) || QUEUE;
  const outbox = new Outbox(most, log);
  const collector = new Collector();
  const queue = new BatchSpanProcessor(outbox.exporter(collector), { maxQueueSize: most });
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'ssec-proxy' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanLimits: { attributeValueLengthLimit: MOST_CHARACTERS },
    spanProcessors: [outbox.guard(queue)],
  });
  const tracer = provider.getTracer('ssec-proxy');
  const start = (name: string, kind: SpanKind, parent: Context): Span =>
    tracer.startSpan(name, { kind }, parent);
  return {
    begin: (received, method) => {
      const parent = received ? contextOf(received) : ROOT_CONTEXT;
      const span = start(method, SpanKind.SERVER, parent);
      const { traceId } = span.spanContext();
      const headers = headersFor(span);
      if (!span.isRecording()) return { traceId, headers };
      return { traceId, headers, spans: spansOf(span, trace.setSpan(parent, span), start) } satisfies Trace;
    },
    figures: outbox.figures,
    stop: async () => {
      const ended = Promise.withResolvers<void>();
      const timer = setTimeout(ended.resolve, STOP_MS);
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, ended.promise]);
      clearTimeout(timer);
      // What is still under way would keep the process.
      await collector.stop();
      await sent;
    },
  };
}

type Start = (name: string, kind: SpanKind, parent: Context) => Span;

function spansOf(span: Span, context: Context, start: Start): RequestSpans {
  const authentication = start('authenticate', SpanKind.INTERNAL, context);
  return {
    authenticated: () => authentication.end(),
    attempt: ({ method, upstream, ssecKeyId }) => {
      const attempt = start('attempt', SpanKind.CLIENT, context);
      attempt.setAttributes({
        'http.request.method': method,
        'server.address': upstream.hostname,
        'ssec_proxy.upstream': upstream.name,
        'ssec_proxy.region': upstream.region,
      });
      if (ssecKeyId !== undefined) attempt.setAttribute('ssec_proxy.key_id', ssecKeyId);
      return attemptSpan(attempt);
    },
    end: (record, objectKeys) => {
      if (authentication.isRecording()) {
        authentication.setStatus({ code: SpanStatusCode.ERROR });
        authentication.end();
      }
      describe(span, record, objectKeys);
      span.end();
    },
  };
}

function attemptSpan(span: Span): AttemptSpan {
  return {
    headers: headersFor(span),
    over: async (answer) => {
      try {
        const got = await answer;
        const { statusCode = 0 } = got.response;
        span.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
        return got;
      } catch (error) {
        span.setAttribute('error.type', faultOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

/** The fields of the log that a span has, and what they are called there. Nothing else is told. */
const ATTRIBUTES: readonly (readonly [field: keyof RequestFields, attribute: string])[] = [
  ['id', 'ssec_proxy.request_id'],
  ['op', 'rpc.method'],
  ['method', 'http.request.method'],
  ['status', 'http.response.status_code'],
  ['outcome', 'ssec_proxy.outcome'],
  ['code', 'error.type'],
  ['client', 'ssec_proxy.client'],
  ['bucket', 'aws.s3.bucket'],
  ['rule', 'ssec_proxy.rule'],
  ['upstream', 'ssec_proxy.upstream'],
  ['ssecKeyId', 'ssec_proxy.key_id'],
  ['attempts', 'ssec_proxy.attempts'],
  ['bytesIn', 'http.request.body.size'],
  ['bytesOut', 'http.response.body.size'],
  ['remote', 'client.address'],
];

function describe(span: Span, record: Readonly<RequestFields>, objectKeys: boolean): void {
  for (const [field, attribute] of ATTRIBUTES) {
    const value = record[field];
    if (value !== undefined) span.setAttribute(attribute, value);
  }
  if (objectKeys && record.objectKey !== undefined) span.setAttribute('aws.s3.key', record.objectKey);
  if (record.op !== undefined) span.updateName(record.op);
  if (record.outcome === 'failed' || record.outcome === 'cut') span.setStatus({ code: SpanStatusCode.ERROR });
}

function contextOf({ traceId, spanId, sampled, headers: { tracestate } }: TraceContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: sampled ? 1 : 0,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  });
}

function headersFor(span: Span): TraceHeaders {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return headersOf({ traceId, spanId, sampled: (traceFlags & 1) !== 0 }, traceState?.serialize());
}

/** What is thrown where a request to the store fails has a word of a closed set, or a name. */
function faultOf(error: unknown): string {
  if (error instanceof Error && 'fault' in error && typeof error.fault === 'string') return error.fault;
  return error instanceof Error ? error.name : 'unknown';
}
