import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import type { Upstream } from '../upstream/upstream.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

interface Transmission {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
}

/**
 * One request over the upstream's connections, within its time limits.
 * @throws UpstreamError; the signal's reason when it is aborted
 */
export function transmit(
  { method, path, headers, body, signal }: Transmission,
  upstream: Upstream,
  agent: Agent,
): Promise<IncomingMessage> {
  const { protocol, hostname, port } = upstream;
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw signal.reason;
    const options = { method, hostname, port, path, headers, agent };
    const request =
      protocol === 'http:' ? http.request(options) : https.request({ ...options, rejectUnauthorized: true });
    const abort = (): void => void request.destroy(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    request.once('close', () => signal.removeEventListener('abort', abort));
    request.on('error', (error) => reject(signal.aborted ? signal.reason : UpstreamError.from(error)));
    request.once('response', (response) => {
      request.setTimeout(upstream.timeouts.idle);
      resolve(response);
    });
    limit(request, upstream);
    if (body === undefined || body instanceof Uint8Array) request.end(body);
    else pipeline(body, request, () => {});
  });
}

function limit(request: ClientRequest, { timeouts }: Upstream): void {
  const give = (fault: 'connect-timeout' | 'silent', message: string) => (): void =>
    void request.destroy(new UpstreamError(fault, message));
  const slow = setTimeout(give('connect-timeout', 'no connection in time'), timeouts.connect);
  const connected = (): void => {
    clearTimeout(slow);
    request.setTimeout(timeouts.idle);
  };
  request.on('timeout', give('silent', 'the store stayed silent for too long'));
  request.once('close', () => clearTimeout(slow));
  request.once('finish', () => request.setTimeout(timeouts.headers));
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    else connected();
  });
}
