import './util-extend.ts';

import { EventEmitter } from 'node:events';
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import httpProxy from 'http-proxy';
import type { Answer } from './answer.ts';
import { lettingGo } from './let-go.ts';
import type { Upstream } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';

/** One attempt at the store. */
export interface Attempt {
  readonly method: string;
  /** Raw target: reaches the store byte for byte. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body to stream to the store, started only when the connection is open; undefined without a body. */
  readonly body: { readonly stream: Readable; readonly begin: () => void } | undefined;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

const proxy = httpProxy.createProxyServer({ selfHandleResponse: true });
proxy.on('proxyRes', (response, carrier) => (carrier as unknown as Carrier).emit('answer', response));

/**
 * Sends one request to the store and returns its response as soon as its headers have arrived. Only this file imports
 * http-proxy, and it avoids these traps:
 * - it rewrites paths, and parses them with a deprecated function unless told `toProxy`: the raw one is set on its request before the headers are sent;
 * - its `proxyReq` event never fires with `Expect: 100-continue`: all headers are complete before it is called, and
 *   its request is caught where it pipes the body;
 * - its events are the server's: each attempt has its own carrier, which comes back with the event;
 * - it pipes without watching: the body is piped here, once connected, and released when the store fails.
 *
 * @throws the error of the body's stream; UpstreamError when the store can't be reached, resets the connection or stays silent
 */
export function forward(attempt: Attempt, upstream: Upstream, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // It may have failed before anybody listened.
    const fault = attempt.body?.stream.errored;
    if (fault) {
      reject(fault);
      return;
    }
    const carrier = new Carrier(attempt);
    let request: ClientRequest | undefined;
    const end = (): void => {
      request?.destroy();
      attempt.body?.stream.unpipe();
    };
    const fail = (error: unknown): void => {
      end();
      reject(UpstreamError.from(error));
    };
    // The body turned out to be wrong: the store must not treat the part that it has as the whole.
    attempt.body?.stream.once('error', (error) => {
      end();
      reject(error);
    });
    carrier.once('request', (sent: ClientRequest) => {
      request = sent;
      sent.path = attempt.path;
      guard(sent, attempt, upstream, fail);
    });
    carrier.once('answer', (response: IncomingMessage) => {
      const early = request?.writableFinished === false && attempt.body !== undefined;
      if (early) attempt.body?.stream.unpipe();
      request?.setTimeout(upstream.timeouts.idle);
      resolve({ response, early, destroy: () => request?.destroy() });
    });
    const { protocol, hostname, port } = upstream;
    proxy.web(
      carrier as unknown as IncomingMessage,
      NO_RESPONSE,
      {
        target: { protocol, host: hostname, hostname, port } as never,
        agent,
        toProxy: true,
        ignorePath: true,
      },
      fail,
    );
  });
}

/** With `selfHandleResponse`, http-proxy only asks whether the response is finished. */
const NO_RESPONSE = { headersSent: false, finished: true } as unknown as ServerResponse;

/** Replaces the client's request inside http-proxy, with exactly what to send. */
class Carrier extends EventEmitter {
  readonly method: string;
  readonly url = '/';
  readonly headers: Record<string, string>;
  readonly socket = { destroyed: false };

  constructor({ method, headers }: Attempt) {
    super();
    this.method = method;
    this.headers = { ...headers };
  }

  /** http-proxy calls this in the tick in which it made its request: no header has been sent yet. */
  pipe(request: ClientRequest): void {
    this.emit('request', request);
  }
}

/** Connects, sends headers and body, and limits the time of each. */
function guard(
  request: ClientRequest,
  { body, signal }: Attempt,
  { timeouts }: Upstream,
  fail: (error: unknown) => void,
): void {
  const abort = (): void => fail(new UpstreamError('client-left', 'the client left'));
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener('abort', abort, { once: true });
  request.once('close', () => signal.removeEventListener('abort', abort));

  const slow = setTimeout(
    () => fail(new UpstreamError('connect-timeout', 'no connection in time')),
    timeouts.connect,
  );
  const connected = (): void => {
    clearTimeout(slow);
    request.setTimeout(timeouts.idle);
    request.on('timeout', () => fail(new UpstreamError('silent', 'the store stayed silent for too long')));
    if (!body) return;
    body.begin();
    body.stream.pipe(lettingGo(request, body.stream));
  };
  request.once('close', () => clearTimeout(slow));
  request.once('finish', () => request.setTimeout(timeouts.headers));
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    else connected();
  });
  // `flushHeaders` would encode the headers as UTF-8 and change their bytes: they get the encoding of the first chunk.
  if (body) request.write(Buffer.alloc(0));
  else request.end();
}
