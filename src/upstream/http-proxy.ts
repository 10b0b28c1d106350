import './util-extend.ts';

import { EventEmitter } from 'node:events';
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import httpProxy from 'http-proxy';
import type { Attempt } from './attempt.ts';
import type { Connection } from './connection.ts';

/** With `selfHandleResponse`, http-proxy only asks whether the response is finished. */
const NO_RESPONSE = { headersSent: false, finished: true } as unknown as ServerResponse;

const proxy = httpProxy.createProxyServer({ selfHandleResponse: true });
proxy.on('proxyRes', (response, carrier) => (carrier as unknown as Carrier).emit('answer', response));

interface Events {
  /** The request is made; its headers have not been sent. */
  readonly onRequest: (request: ClientRequest) => void;
  readonly onAnswer: (response: IncomingMessage) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Makes the request of an attempt on a connection. Only this file imports http-proxy, and it avoids these traps:
 * - it rewrites paths, and parses them with a deprecated function unless told `toProxy`: the raw one is set on its request before the headers are sent;
 * - its `proxyReq` event never fires with `Expect: 100-continue`: all headers are complete before it is called, and
 *   its request is caught where it pipes the body;
 * - its events are the server's: each attempt has its own carrier, which comes back with the event;
 * - it pipes without watching: the body is not given to it.
 */
export function requestOn(
  connection: Connection,
  attempt: Attempt,
  { onRequest, onAnswer, onError }: Events,
): void {
  const carrier = new Carrier(attempt);
  carrier.once('request', (request: ClientRequest) => {
    request.path = attempt.path;
    onRequest(request);
  });
  carrier.once('answer', onAnswer);
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
    onError,
  );
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
