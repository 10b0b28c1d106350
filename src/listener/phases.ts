import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { S3Error } from '../s3/errors.ts';
import { Stall } from '../stall.ts';
import { bodyFaults, failBody } from './body-fault.ts';
import { breakConnection, type End } from './ending.ts';
import type { Load, Phase } from './load.ts';
import { isReadWhole } from './read-whole.ts';

/** How often it is looked, in milliseconds: a phase ends that much late at most. */
const EVERY_MS = 250;

const TOOK_NOTHING: End = { code: 'ClientLeft', cause: 'the client took nothing of its answer' };

/** An exchange whose waits are looked at. */
export interface Watched {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  phase: Phase | undefined;
  /** When the phase began or its bytes moved last. */
  since: number;
  /** How many bytes had moved then. */
  moved: number;
  /** While the system takes nothing more of its answer. */
  stall: Stall | undefined;
  /** Where it stands among the others. */
  place: number;
}

/**
 * The one owner of all waits for clients between the head of a request and the end of its answer. Code that reads a
 * body or writes an answer needs no timer of its own: what is waited for shows in the streams.
 *
 * It looks at all exchanges now and then instead of setting timers for each piece. On a starved loop it looks late, at a
 * time when the loop has not seen what had arrived meanwhile: so a client that seems late is looked at again when it has.
 */
export class Phases {
  /** In no order: each knows its place. A map of requests would give each of them a hash, and grow again and again. */
  readonly #watched: Watched[] = [];
  readonly #load: Load;
  readonly #timer: NodeJS.Timeout;

  constructor(load: Load) {
    this.#load = load;
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
  }

  /** @returns what `answered` is told of */
  begin(request: IncomingMessage, response: ServerResponse): Watched {
    const place = this.#watched.length;
    const watched = { request, response, phase: undefined, since: 0, moved: 0, stall: undefined, place };
    this.#watched.push(watched);
    return watched;
  }

  /** The answer is out or lost. What may still come is the rest of the body. */
  answered(watched: Watched): void {
    const { request, place } = watched;
    if (!request.complete && !request.socket.destroyed) return;
    if (this.#watched[place] !== watched) return;
    // The last one takes its place.
    const last = this.#watched.pop();
    if (last === undefined || last === watched) return;
    last.place = place;
    this.#watched[place] = last;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    // From the end on, as one that is forgotten gives its place to one that was looked at.
    for (let at = this.#watched.length - 1; at >= 0; at -= 1) {
      const watched = this.#watched[at] as Watched;
      const { response, phase } = watched;
      if (response.closed) this.answered(watched);
      follow(watched, now);
      if (phase === undefined || phase !== watched.phase) continue;
      if (phase === 'answer') this.#examine(watched, now);
      else if (this.#isLate(watched, now)) setImmediate(() => this.#judge(watched));
    }
  }

  /** What the system has taken may still be on its way for long: a slow client is not one that takes nothing. */
  #examine(watched: Watched, now: number): void {
    watched.stall ??= new Stall(watched.request.socket, this.#load.timeouts.answer, watched.since);
    const { stall } = watched;
    if (now < stall.due) return;
    void stall.look().then((over) => {
      follow(watched, performance.now());
      if (over && watched.stall === stall) this.#end(watched, 'answer');
    });
  }

  #isLate({ phase, since }: Watched, now: number): boolean {
    return phase !== undefined && now - since >= this.#load.timeouts[phase === 'rest' ? 'body' : phase];
  }

  #judge(watched: Watched): void {
    const { phase } = watched;
    const now = performance.now();
    follow(watched, now);
    if (phase === undefined || watched.phase !== phase || !this.#isLate(watched, now)) return;
    this.#end(watched, phase);
  }

  #end(watched: Watched, phase: Phase): void {
    if (watched.request.socket.destroyed) return;
    this.#load.late(phase);
    end(watched, phase);
  }
}

/** Notes in which phase the exchange is and whether its bytes have moved. */
function follow(watched: Watched, now: number): void {
  const phase = phaseOf(watched);
  const moved = movedIn(phase, watched.request.socket);
  if (phase !== watched.phase || moved > watched.moved) {
    watched.since = now;
    watched.stall = undefined;
  }
  watched.phase = phase;
  watched.moved = moved;
}

/** For what of the client an exchange waits; undefined when it waits for the store or for the proxy. */
function phaseOf({ request, response }: Watched): Phase | undefined {
  if (response.closed) return request.complete ? undefined : 'rest';
  if (response.socket !== null && response.writableLength > 0) return 'answer';
  if (request.complete || bodyFaults.has(request)) return undefined;
  if (isReadWhole(request)) return 'document';
  return request.readableFlowing === true && request.readableLength === 0 ? 'body' : undefined;
}

/** Bytes that the client has sent or taken. Where the time is for all of it, none count. */
function movedIn(phase: Phase | undefined, socket: Socket): number {
  if (phase === 'body') return socket.bytesRead;
  return phase === 'answer' ? socket.bytesWritten - queued(socket) : 0;
}

/** What the system has not taken yet: of one large write it takes a piece at a time, which no public field shows. */
function queued(socket: Socket): number {
  const handle = (socket as { _handle?: { writeQueueSize?: number } | null })._handle;
  return handle?.writeQueueSize ?? socket.writableLength;
}

function end({ request }: Watched, phase: Phase): void {
  if (phase === 'answer') breakConnection(request.socket, TOOK_NOTHING);
  else if (phase === 'rest') request.socket.destroy();
  else failBody(request, requestTimeout());
}

export function requestTimeout(): S3Error {
  return new S3Error(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  );
}
