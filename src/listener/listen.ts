import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { newRequestId, REQUEST_ID } from '../s3/request-id.ts';
import { errorXml } from '../s3/xml.ts';
import { drainable } from './drain.ts';
import { isEnding } from './ending.ts';
import type { Handler } from './handler.ts';
import { inOrder } from './in-order.ts';
import type { ListenerSettings } from './settings.ts';

/** S3 takes 8 KB of headers beside a target of up to 8 KB. */
const MAX_HEADER_BYTES = 32 * 1024;
const HEADERS_TIMEOUT_MS = 60_000;
/** Above the idle time of usual clients and load balancers, so that they close first. */
const KEEP_ALIVE_MS = 75_000;

const UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

type Pair = NonNullable<ListenerSettings['tls']>;

export interface Listener {
  /** `https://127.0.0.1:8443`, with the port that it really has. */
  readonly url: string;
  readonly port: number;
  /**
   * Serves new connections with another certificate; those that are open go on. Only for a listener with TLS.
   * @throws what OpenSSL has against it; the one before stays then
   */
  renew(tls: Pair): void;
  /** Takes no more connections and resolves when the last request is answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/** Opens one listening socket. Requests with `Expect: 100-continue` come to the same handler, which asks for the body. */
export async function listen({ host, port, tls }: ListenerSettings, handler: Handler): Promise<Listener> {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Uploads take as long as they take; a stalled one is ended by the idle time of its upstream connection.
    requestTimeout: 0,
    noDelay: true,
    // A request without one is refused like any other, in words and with what is pipelined behind it.
    requireHostHeader: false,
  };
  const server: http.Server = tls
    ? https.createServer({ ...options, ...secured(tls), ALPNProtocols: ['http/1.1'] })
    : http.createServer(options);
  // Node leaves out what exceeds a number of fields; their bytes are limited above.
  server.maxHeadersCount = 0;
  const drain = drainable(server, tls !== undefined);
  const inTurn = inOrder(handler);
  const answering = new WeakMap<Duplex, number>();
  const guarded: Handler = (request, response) => {
    const { socket } = request;
    if (isEnding(socket)) return;
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    response.once('close', () => answering.set(socket, (answering.get(socket) ?? 1) - 1));
    // Node's parser reads nothing behind an Upgrade, not even one that is ignored.
    const { connection = '', upgrade } = request.headers;
    if (upgrade !== undefined && UPGRADE.test(connection)) response.shouldKeepAlive = false;
    inTurn(request, response);
  };
  server.on('request', guarded).on('checkExpectation', guarded);
  server.on('checkContinue', (request, response) => {
    // Where there is no body to ask for; Node ends the connection of a request that never gets its 100.
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length === undefined && coding === undefined) response.writeContinue();
    guarded(request, response);
  });
  server.on('connect', (_request, socket) => refuseMalformed(socket as Socket));
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    const busy = (answering.get(socket) ?? 0) > 0;
    // What stands behind the last request of a connection is not read, and the answer goes out undisturbed.
    if (code === 'HPE_CLOSED_CONNECTION' && busy) return;
    // Behind a request that is still being answered, a refusal would land in the middle of that answer.
    if (isEnding(socket as Socket)) socket.end();
    else if (busy) socket.destroy();
    else refuseMalformed(socket as Socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${bound}`,
    port: bound,
    renew: (pair) => {
      if (server instanceof https.Server) server.setSecureContext(secured(pair));
    },
    drain,
  };
}

function secured({ cert, key }: Pair): { cert: string; key: string; minVersion: 'TLSv1.2' } {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** What Node's parser does not take for HTTP: answered as S3 does, and the connection ends. */
function refuseMalformed(socket: Socket): void {
  if (!socket.writable || socket.bytesRead === 0) {
    socket.destroy();
    return;
  }
  const id = newRequestId();
  const message = 'An error occurred when parsing the HTTP request.';
  const xml = errorXml({ Code: 'BadRequest', Message: message, RequestId: id });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/xml\r\n${REQUEST_ID}: ${id}\r\ncontent-length: ${Buffer.byteLength(xml)}\r\n\r\n${xml}`,
  );
}
