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
import { gatherSmallChunks } from './small-chunks.ts';

/** S3 accepts 8 KB of headers, plus a target of up to 8 KB. */
const MAX_HEADER_BYTES = 32 * 1024;
const HEADERS_TIMEOUT_MS = 60_000;
/** Above the idle time of usual clients and load balancers, so that they close first. */
const KEEP_ALIVE_MS = 75_000;

const UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

type Pair = NonNullable<ListenerSettings['tls']>;

export interface Listener {
  /** `https://127.0.0.1:8443`, with the actual port. */
  readonly url: string;
  readonly port: number;
  /**
   * Serves new connections with another certificate; open ones continue. Only for a listener with TLS.
   * @throws OpenSSL's error; the previous certificate then stays in use
   */
  renew(tls: Pair): void;
  /** Stops accepting connections and resolves when the last request is answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/** Opens one listening socket. Requests with `Expect: 100-continue` go to the same handler, which asks for the body. */
export async function listen({ host, port, tls }: ListenerSettings, handler: Handler): Promise<Listener> {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Uploads have no time limit; a stalled one is ended by the idle timeout of its upstream connection.
    requestTimeout: 0,
    noDelay: true,
    // A request without a Host is refused like any other, with an error document, as are the requests pipelined after it.
    requireHostHeader: false,
  };
  const server: http.Server = tls
    ? https.createServer({ ...options, ...secured(tls), ALPNProtocols: ['http/1.1'] })
    : http.createServer(options);
  // By default Node drops fields above a certain number; their bytes are limited above.
  server.maxHeadersCount = 0;
  const drain = drainable(server, tls !== undefined);
  const inTurn = inOrder(handler);
  const answering = new WeakMap<Duplex, number>();
  const guarded: Handler = (request, response) => {
    const { socket } = request;
    if (isEnding(socket)) return;
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    response.once('close', () => answering.set(socket, (answering.get(socket) ?? 1) - 1));
    // Node's parser reads nothing after an Upgrade, even if it is ignored.
    const { connection = '', upgrade } = request.headers;
    if (upgrade !== undefined && UPGRADE.test(connection)) response.shouldKeepAlive = false;
    // Now, since the parser hands over the body right behind the head.
    if (request.headers['transfer-encoding'] !== undefined) gatherSmallChunks(request);
    inTurn(request, response);
  };
  server.on('request', guarded).on('checkExpectation', guarded);
  server.on('checkContinue', (request, response) => {
    // For requests without a body: Node ends the connection of a request that never gets its 100.
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length === undefined && coding === undefined) response.writeContinue();
    guarded(request, response);
  });
  server.on('connect', (_request, socket) => refuseMalformed(socket as Socket));
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    const busy = (answering.get(socket) ?? 0) > 0;
    // Bytes after the last request of a connection are ignored, so that the response is sent undisturbed.
    if (code === 'HPE_CLOSED_CONNECTION' && busy) return;
    // After a request that is still being answered, a refusal would end up in the middle of that response.
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

/** For bytes that Node's parser does not accept as HTTP: answers as S3 does, and ends the connection. */
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
