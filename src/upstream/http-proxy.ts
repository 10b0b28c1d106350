import './util-extend.ts';

import { EventEmitter } from 'node:events';
import http, { type Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import httpProxy from 'http-proxy';
import type { Attempt } from './attempt.ts';
import type { Connection } from './connection.ts';
import { framingOf } from './direct/framing.ts';
import { malformed } from './direct/malformed.ts';
import { lettingGo } from './let-go.ts';
import { RawHeads } from './raw-heads.ts';
import type { Carriage, Reports } from './transport.ts';
import { UpstreamError } from './upstream-error.ts';

/** With `selfHandleResponse`, http-proxy only asks whether the response is finished. */
const NO_RESPONSE = { headersSent: false, finished: true } as unknown as ServerResponse;

const proxy = httpProxy.createProxyServer({ selfHandleResponse: true });
proxy.on('proxyRes', (response, carrier) => (carrier as unknown as Carrier).emit('answer', response));

/**
 * Makes the request of an attempt on a connection. Only this file imports http-proxy, and it avoids these traps:
 * - it rewrites paths, and parses them with a deprecated function unless told `toProxy`: the raw one is set on its request before the headers are sent;
 * - its `proxyReq` event never fires with `Expect: 100-continue`: all headers are complete before it is called, and
 *   its request is caught where it pipes the body;
 * - its events are the server's: each attempt has its own carrier, which comes back with the event;
 * - it pipes without watching: the body is not given to it.
 */
export function carryByHttpProxy(connection: Connection, attempt: Attempt, reports: Reports): Carriage {
  // Node sends such a head at once, before a path could be set. Only commands send one, as clients of the proxy would.
  const make = attempt.headers.expect === undefined ? requestByProxy : requestByNode;
  const request = make(connection, attempt, reports);
  const { body } = attempt;
  const { socket } = connection;
  request.on('information', () => reports.informed()).once('finish', () => reports.allTaken());
  request.once('close', () => reports.closed());
  request.once('upgrade', (_response, upgraded) => {
    upgraded.destroy();
    reports.failed(new UpstreamError('malformed', 'the store switched to another protocol'));
  });
  const freed = (): void => reports.freed();
  socket.once('free', freed);
  const heads = new RawHeads();
  const look = (bytes: Buffer): void => {
    const fault = heads.faultIn(bytes);
    if (fault !== undefined) reports.failed(malformed(fault));
  };
  // Before the parser hands out what it makes of them.
  socket.prependListener('data', look);
  request.once('response', () => socket.off('data', look));
  if (body) {
    // `flushHeaders` would encode the headers as UTF-8 and change their bytes: they get the encoding of the first chunk.
    request.write(Buffer.alloc(0));
    lettingGo(request, body.stream);
    request.on('drain', () => reports.drained());
  }
  return {
    write: (piece) => request.write(piece),
    end: () => void request.end(),
    taken: () => request.writableFinished,
    leave: () => void socket.off('free', freed).off('data', look),
  };
}

function requestByProxy(connection: Connection, attempt: Attempt, reports: Reports): ClientRequest {
  let made: ClientRequest | undefined;
  const carrier = new Carrier(attempt);
  carrier.once('request', (request: ClientRequest) => {
    request.path = attempt.path;
    made = request;
  });
  carrier.once('answer', (response: IncomingMessage) => answered(response, attempt.method, reports));
  const { protocol, hostname, port } = attempt.upstream;
  proxy.web(
    carrier as unknown as IncomingMessage,
    NO_RESPONSE,
    {
      target: { protocol, host: hostname, hostname, port } as never,
      agent: agentOf(connection, protocol),
      toProxy: true,
      ignorePath: true,
    },
    (error) => reports.failed(error),
  );
  if (!made) throw new TypeError('http-proxy made no request');
  return made;
}

function requestByNode(
  connection: Connection,
  { upstream, method, path, headers }: Attempt,
  reports: Reports,
): ClientRequest {
  const agent = agentOf(connection, upstream.protocol);
  const options = { agent, protocol: upstream.protocol, method, path, headers };
  return http
    .request(options)
    .once('response', (response) => answered(response, method, reports))
    .on('error', (error) => reports.failed(error));
}

/** Node's parser takes what two readers could take for different answers, such as chunks of HTTP/1.0. */
function answered(response: IncomingMessage, method: string, reports: Reports): void {
  const { statusCode: status = 0, httpVersionMinor: minor, rawHeaders } = response;
  try {
    framingOf({ status, minor, rawHeaders }, method);
  } catch (error) {
    reports.failed(error);
    return;
  }
  const push = response.push.bind(response);
  response.push = (piece: unknown): boolean => {
    reports.progressed();
    return push(piece);
  };
  reports.answered(response);
}

/** Node's client asks an agent for its connection; this one has just one to give. */
function agentOf({ socket }: Connection, protocol: string): Agent {
  const agent = {
    protocol,
    defaultPort: protocol === 'https:' ? 443 : 80,
    keepAlive: true,
    maxSockets: 1,
    addRequest: (request: ClientRequest) => request.onSocket(socket),
  };
  return agent as unknown as Agent;
}

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
