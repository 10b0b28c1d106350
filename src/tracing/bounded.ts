import type {
  BatchSpanProcessor,
  ReadableSpan,
  SpanExporter,
  SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { Logger } from '../log.ts';
import type { SpanFigures } from './trace.ts';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Counts what waits for the collector, so that what has no room is dropped and known. */
export class Outbox {
  readonly figures: SpanFigures;
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };
  readonly #most: number;
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  #waiting = 0;
  #failing = false;

  constructor(most: number, log: Pick<Logger, 'info' | 'warn'>) {
    this.#most = most;
    this.#log = log;
    this.figures = this.#counts;
  }

  /** In front of the queue, which would drop without a word. */
  guard(queue: BatchSpanProcessor): SpanProcessor {
    return {
      onStart: () => {},
      onEnd: (span) => {
        if (this.#waiting >= this.#most) {
          this.#counts.dropped += 1;
          return;
        }
        this.#waiting += 1;
        queue.onEnd(span);
      },
      forceFlush: () => queue.forceFlush(),
      shutdown: () => queue.shutdown(),
    };
  }

  /** Behind the queue. */
  watch(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans: ReadableSpan[], done) => {
        exporter.export(spans, (result) => {
          this.#waiting -= spans.length;
          this.#note(result, spans.length);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }

  /** Said once when it begins, and once when it is over. */
  #note({ code, error }: Result, count: number): void {
    const failed = code !== SUCCESS;
    this.#counts[failed ? 'failed' : 'sent'] += count;
    if (failed === this.#failing) return;
    this.#failing = failed;
    if (failed) this.#log.warn({ cause: reasonOf(error) }, 'the collector takes no spans; they are dropped');
    else this.#log.info('the collector takes spans again');
  }
}

/** As `ExportResultCode` of @opentelemetry/core has it. */
const SUCCESS = 0;

/** A code alone: messages have the URL in them, and with it what may be a secret. */
function reasonOf(error: (Error & { readonly code?: unknown }) | undefined): string {
  const { code } = error ?? {};
  if (typeof code === 'number') return `status ${code}`;
  return typeof code === 'string' ? code : (error?.name ?? 'unknown');
}
