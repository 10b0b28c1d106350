import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** Why spans were not taken, in a word of a closed set: messages have the URL in them, and with it what may be a secret. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly reason: string;
  /** Undefined where another attempt would end the same way. Otherwise how long the collector wants to be left alone. */
  readonly again: { readonly afterMs: number | undefined } | undefined;

  constructor(reason: string, again?: CollectorError['again']) {
    super(reason);
    this.reason = reason;
    this.again = again;
  }
}

/**
 * Sends spans by OTLP over HTTP. An export has one deadline, `OTEL_EXPORTER_OTLP_TIMEOUT`: from the look-up of the host's name to
 * the last byte of the answer, with all its attempts. That of the library begins again with each byte, and in a connection that is not
 * there yet it does not begin at all. https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class Collector {
  readonly #settings = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', {
    'Content-Type': 'application/json',
  });
  readonly #end = new AbortController();
  readonly #agent = this.#settings.agentFactory(new URL(this.#settings.url).protocol);

  /**
   * @returns how many of them the collector rejected
   * @throws CollectorError
   */
  async send(spans: readonly ReadableSpan[]): Promise<number> {
    const { timeoutMillis, compression } = this.#settings;
    const over = Date.now() + timeoutMillis;
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(timeoutMillis)]);
    const json = JsonTraceSerializer.serializeRequest([...spans]) ?? new Uint8Array();
    const body = compression === 'gzip' ? await promisify(gzip)(json) : json;
    for (let wait = FIRST_WAIT_MS; ; wait *= WAIT_GROWS) {
      try {
        return rejectedIn(await this.#attempt(body, signal), spans.length);
      } catch (error) {
        const failed = signal.aborted ? new CollectorError('timeout') : errorOf(error);
        const afterMs = failed.again?.afterMs ?? wait * (0.8 + 0.4 * Math.random());
        if (!failed.again || Date.now() + afterMs >= over) throw failed;
        await pause(afterMs, undefined, { signal }).catch(() => {
          throw failed;
        });
      }
    }
  }

  /** Ends what is under way, and keeps no connection. */
  async stop(): Promise<void> {
    this.#end.abort();
    (await this.#agent).destroy();
  }

  /** @returns the answer's body */
  async #attempt(body: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { url, compression } = this.#settings;
    const headers = {
      'user-agent': 'ssec-proxy',
      ...(await this.#settings.headers()),
      'content-length': body.length,
      ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
    };
    const agent = await this.#agent;
    const { request } = url.startsWith('https:') ? https : http;
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request(url, { method: 'POST', headers, agent, signal }, resolve).on('error', reject).end(body);
    });
    const answer = await readAll(response);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return answer;
    const afterMs = Number(response.headers['retry-after']) * 1000 || undefined;
    throw new CollectorError(`status ${statusCode}`, PASSING.has(statusCode) ? { afterMs } : undefined);
  }
}

const FIRST_WAIT_MS = 1000;
const WAIT_GROWS = 1.5;

/** "Retryable Response Codes" */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PASSING_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

function errorOf(error: unknown): CollectorError {
  if (error instanceof CollectorError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const reason = typeof code === 'string' ? code : 'unknown';
  return new CollectorError(reason, PASSING_CODES.has(reason) ? { afterMs: undefined } : undefined);
}

/** An answer says next to nothing. */
const MOST_ANSWER = 64 * 1024;

async function readAll(response: http.IncomingMessage): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_ANSWER) throw new CollectorError('its answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** "partial_success": a number of 64 bits, which is a text in JSON. */
function rejectedIn(answer: Uint8Array, sent: number): number {
  const { partialSuccess } = (JsonTraceSerializer.deserializeResponse(answer) ?? {}) as {
    readonly partialSuccess?: { readonly rejectedSpans?: unknown } | null;
  };
  const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  return Number.isInteger(rejected) && rejected > 0 ? Math.min(rejected, sent) : 0;
}
