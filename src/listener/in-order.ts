import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isEnding } from './ending.ts';
import type { Handler } from './handler.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * "A server MAY process a sequence of pipelined requests in parallel if they all have safe methods": Node hands them
 * out all at once, so the others wait for the answer before them, and are never done when that one ends the connection.
 * Of one connection no more than one request begins in a turn of the event loop: a megabyte of small ones would
 * otherwise be a turn of many seconds.
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
export function inOrder(handler: Handler): InOrder {
  const lines = new WeakMap<Socket, Line>();
  const turn = turns(handler);
  const take: Handler = (request, response) => {
    const { socket, method = '' } = request;
    let line = lines.get(socket);
    if (!line) {
      line = { waiting: [], latest: undefined, resting: false };
      lines.set(socket, line);
    }
    const before = line.latest;
    const safe = SAFE.has(method);
    // A safe request after safe ones waits for the same write as they do.
    const gate = safe && before?.safe ? before.gate : before?.response;
    const queued = { safe, request, response, gate };
    line.latest = queued;
    line.waiting.push(queued);
    if (line.waiting.length === 1) advance(line, turn);
  };
  return {
    take,
    closed: ({ socket }, response) => {
      const line = lines.get(socket);
      if (line?.latest?.response === response) line.latest = undefined;
    },
  };
}

export interface InOrder {
  readonly take: Handler;
  /** The response is sent or lost: nothing waits for it, and an idle connection has no need to keep it. */
  readonly closed: Handler;
}

/** The requests of one connection that have not begun, in their order. */
interface Line {
  readonly waiting: Queued[];
  latest: Queued | undefined;
  /** Has one begun in this turn of the event loop? */
  resting: boolean;
}

interface Queued {
  readonly safe: boolean;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The response that must be sent before this request is handled. */
  readonly gate: ServerResponse | undefined;
}

/** What is done with a request whose turn it is, and the lines of which one has begun in this turn of the event loop. */
interface Turn {
  readonly handler: Handler;
  resting: Line[];
  /** One wait for the end of the turn is that of all connections: many have a request in each turn. */
  readonly over: () => void;
}

function turns(handler: Handler): Turn {
  const turn: Turn = {
    handler,
    resting: [],
    over: () => {
      const rested = turn.resting;
      turn.resting = [];
      let over = 0;
      try {
        for (const line of rested) {
          over += 1;
          line.resting = false;
          advance(line, turn);
        }
      } finally {
        // Where a handler throws, the others rest for one more turn, and not for good.
        for (; over < rested.length; over += 1)
          if (turn.resting.push(rested[over] as Line) === 1) setImmediate(turn.over);
      }
    },
  };
  return turn;
}

/** Begins the next one, when its gate is open and it is its turn. */
function advance(line: Line, turn: Turn): void {
  const next = line.waiting[0];
  if (!next || line.resting) return;
  if (next.gate && !next.gate.closed) {
    next.gate.once('close', () => advance(line, turn));
    return;
  }
  line.waiting.shift();
  line.resting = true;
  if (turn.resting.push(line) === 1) setImmediate(turn.over);
  const { request, response } = next;
  if (request.socket.writable && !isEnding(request.socket)) turn.handler(request, response);
}
