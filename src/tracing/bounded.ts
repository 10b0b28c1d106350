import type {
  BatchSpanProcessor,
  ReadableSpan,
  SpanExporter,
  SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { Logger } from '../log.ts';
import { type Collector, CollectorError } from './collector.ts';
import type { SpanFigures } from './trace.ts';

/** Counts what waits for the collector, so that what has no room is dropped and known. */
export class Outbox {
  readonly figures: SpanFigures;
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };
  readonly #most: number;
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  #waiting = 0;
  /** Those that were said since all was well. */
  readonly #causes = new Set<string>();

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

  /** Behind the queue: sends, and counts what became of it. */
  exporter(collector: Pick<Collector, 'send'>): SpanExporter {
    const pending = new Set<Promise<void>>();
    const send = async (spans: readonly ReadableSpan[]): Promise<Error | undefined> => {
      try {
        this.#note(spans.length, await collector.send(spans), REJECTED);
        return undefined;
      } catch (error) {
        const reason = error instanceof CollectorError ? error.reason : 'unknown';
        this.#note(spans.length, spans.length, reason);
        return new Error(reason);
      } finally {
        this.#waiting -= spans.length;
      }
    };
    return {
      export: (spans, done: (result: { readonly code: number; readonly error?: Error }) => void) => {
        const exportThem = async (): Promise<void> => {
          const error = await send(spans);
          pending.delete(sending);
          done(error ? { code: FAILED, error } : { code: SUCCESS });
        };
        const sending = exportThem();
        pending.add(sending);
      },
      shutdown: async () => void (await Promise.all(pending)),
    };
  }

  /** Each cause is said once when it begins, and once when all is over. */
  #note(count: number, lost: number, cause: string): void {
    this.#counts.sent += count - lost;
    this.#counts.failed += lost;
    if (lost > 0 && !this.#causes.has(cause)) {
      this.#causes.add(cause);
      this.#log.warn(
        { cause },
        `the collector takes ${lost < count ? 'some' : 'no'} spans; ${lost < count ? 'the others' : 'they'} are dropped`,
      );
    }
    if (lost > 0 || this.#causes.size === 0) return;
    this.#causes.clear();
    this.#log.info('the collector takes spans again');
  }
}

const REJECTED = 'it rejected some of them (partialSuccess)';

/** As `ExportResultCode` of @opentelemetry/core has them. */
const SUCCESS = 0;
const FAILED = 1;
