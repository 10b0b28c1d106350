import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { endBehindAnswers } from './between-requests.ts';
import type { Connection } from './connection.ts';
import type { ClientConnections } from './connections.ts';
import { endsConnection, isEnding } from './ending.ts';
import type { Handler } from './handler.ts';
import { inOrder } from './in-order.ts';
import { type Load, overload } from './load.ts';
import type { Phases } from './phases.ts';
import { refuseBytes } from './refusal.ts';
import { gatherSmallChunks } from './small-chunks.ts';
import { stopTaking } from './stop-taking.ts';

const UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

const MOST_LISTENERS = 30;

/** Many more than any client has: S3 takes 2 KB of metadata. Each costs work before anybody is known. */
const MOST_FIELDS = 3000;

/** What is done with each request that Node's parser hands over before the handler sees it, in its turn. */
export function taking(handler: Handler, connections: ClientConnections, phases: Phases): Handler {
  const inTurn = inOrder(handler);
  return (request, response) => {
    const { socket } = request;
    const connection = connections.of(socket);
    if (!connection || connection.full || isEnding(socket)) return;
    if (request.rawHeaders.length > 2 * MOST_FIELDS) {
      refuseFields(socket, connection, connections.load);
      return;
    }
    connections.begin(connection, response);
    const watched = phases.begin(request, response);
    // Each step of a request that may outlive its client listens; Node warns above ten.
    response.setMaxListeners(MOST_LISTENERS);
    response.on('close', () => {
      connections.end(connection);
      phases.answered(watched);
      inTurn.closed(request, response);
    });
    if (isTooMuch(request, connection, connections.load)) {
      connection.full = true;
      stopTaking(request);
    }
    // Node's parser reads nothing after an Upgrade, even if it is ignored.
    const { connection: options = '', upgrade } = request.headers;
    if (upgrade !== undefined && UPGRADE.test(options)) response.shouldKeepAlive = false;
    // Now, since the parser hands over the body right behind the head.
    if (request.headers['transfer-encoding'] !== undefined) gatherSmallChunks(request);
    inTurn.take(request, response);
  };
}

/** The handler refuses it then, and the connection ends. */
function isTooMuch(request: IncomingMessage, { refused, answering }: Connection, load: Load): boolean {
  if (refused) {
    overload(request, 'connections');
    return true;
  }
  if (answering <= load.limits.requestsPerConnection) return false;
  load.hit('requestsPerConnection');
  overload(request, 'requestsPerConnection');
  return true;
}

/** Not in the middle of an answer that is on its way: then the connection just ends behind it. */
function refuseFields(socket: Socket, connection: Connection, load: Load): void {
  if (connection.answering > 0) {
    endBehindAnswers(connection);
    return;
  }
  endsConnection(socket);
  refuseBytes(
    socket,
    new S3Error('RequestHeaderSectionTooLarge', `The request has more than ${MOST_FIELDS} headers.`),
    load,
  );
}

/** All that Node's server and the listener look up in `headers`: the rest is for the line, which has them as they came. */
const LOOKED_UP = [
  'connection',
  'content-length',
  'expect',
  'host',
  'te',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
] as const;

/**
 * A request of a client. Its head is read once, for the parser's end, the listener and the line. Node would make an object of
 * all headers for each request, to look up a few in it that most requests do not have.
 */
export class ClientRequest extends IncomingMessage {
  /** All of its headers as they came, once somebody has asked for any: Node does, before it hands the request over. */
  declare wire: WireHeaders | undefined;
  declare found: IncomingHttpHeaders | undefined;

  static {
    // As Node has it, by which it is of the class and not of each request.
    Object.defineProperty(ClientRequest.prototype, 'headers', {
      get(this: ClientRequest): IncomingHttpHeaders {
        if (this.found) return this.found;
        this.wire = new WireHeaders(this.rawHeaders);
        this.found = {};
        for (const name of LOOKED_UP) if (this.wire.has(name)) this.found[name] = this.wire.joined(name);
        return this.found;
      },
    });
  }
}
