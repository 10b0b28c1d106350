import { LOOKS, Stall } from '../stall.ts';
import type { Answer } from './answer.ts';
import { type Attempt, writes } from './attempt.ts';
import type { Connection, Waiting } from './connection.ts';
import type { Deadline } from './deadline.ts';
import type { Pool } from './pool.ts';
import { fieldOf, type StoreResponse } from './response.ts';
import type { Carriage, Reports } from './transport.ts';
import { transportOf } from './transports.ts';
import { clientLeft, UpstreamError } from './upstream-error.ts';

/** More informational answers than any store sends before its own. */
const MOST_INFORMATIONAL = 16;

/** What a store reads together with the head of a request, at most. */
const UNREAD_BYTES = 64 * 1024;

const SILENT = 'the store stayed silent for too long';
const TAKES_NOTHING = 'the store took nothing of the body for too long';
const OTHER_LENGTH = 'the body has another length than its headers say';

/** How long an answer waits for the rest of its request to be taken, in milliseconds. */
const SETTLING_MS = 2000;

/**
 * How long an answer is waited for when what was asked for is going to be undone, in milliseconds: a store that still works
 * on it could finish after that. It leaves most of the time that a stop has for undoing.
 */
const UNDONE_MS = 1000;

/**
 * One request on one connection, from its first byte to the last one of its answer. It is in one phase at a time, each
 * has one deadline, and it ends once:
 *
 * - `sending`: the body goes out as the store takes it. `timeouts.idle` without a byte taken, though one is there, ends it.
 * - `sent`: the last byte was handed over. `timeouts.idle` for the rest to be taken, then `timeouts.headers` for the whole
 *   head of the answer, however it comes.
 * - `answered`: the body of the answer comes as it is read. `timeouts.idle` without a byte, though it is read, ends it.
 * - `ended`.
 *
 * Without an answer it ends by rejecting. Afterwards it ends by the stream of the answer: with its end when all came that
 * was announced, else with an error. A store that sends more than that loses its connection, and the answer stands.
 *
 * @param home where the connection goes when it may carry the next request, and what counts an answer that broke off
 * @throws the error of the body's stream; UpstreamError
 */
export function converse(attempt: Attempt, connection: Connection, home: Home): Promise<Answer> {
  return new Promise((resolve, reject) => {
    new Conversation(attempt, connection, { resolve, reject, home }).begin();
  });
}

interface Outcome {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly home: Home;
}

type Home = Pick<Pool, 'release' | 'events'>;

interface Hearing {
  readonly take: (piece: Buffer) => void;
  readonly end: () => void;
  /** The body turned out to be wrong: the store must not treat the part that it has as the whole. */
  readonly failed: (error: Error) => void;
}

class Conversation implements Reports, Waiting {
  readonly #attempt: Attempt;
  readonly #connection: Connection;
  readonly #outcome: Outcome;
  readonly #deadline: Deadline;
  #phase: 'sending' | 'sent' | 'settling' | 'answered' | 'ended' = 'sending';
  #carriage: Carriage | undefined;
  /** What listens to the body, where there is one. */
  #hearing: Hearing | undefined;
  #response: StoreResponse | undefined;
  /** The store is ahead of the body. */
  #early = false;
  /** All of the answer was there when it was handed on: only the connection is left, and no stream ends. */
  #whole = false;
  /** Nobody wants the rest of the answer. */
  #left = false;
  #informational = 0;
  /** Of the body, in bytes. */
  #taken = 0;
  /** How long it is, where that is known. */
  readonly #announced: number | undefined;
  #waitsForHead = false;
  /** Its client left, and what was sent is undone: only a moment is left for the answer. */
  #undone = false;
  /** Since when the store is waited for; 0 while it is not. */
  #waitsSince = 0;
  /** How long it was before. */
  #waited = 0;
  /** While the store has to take what it was sent: for how long it may take nothing, in milliseconds; else 0. */
  #takesWithin = 0;
  /** From the first look on. */
  #stall: Stall | undefined;

  constructor(attempt: Attempt, connection: Connection, outcome: Outcome) {
    this.#attempt = attempt;
    const length = attempt.headers['content-length'];
    if (length !== undefined) this.#announced = Number(length);
    this.#connection = connection;
    this.#outcome = outcome;
    this.#deadline = connection.deadline;
    connection.waits = this;
  }

  begin(): void {
    const { signal, body, upstream } = this.#attempt;
    signal.addEventListener('abort', this);
    if (body) {
      this.#hearing = {
        take: this.#take.bind(this),
        end: this.#endOfBody.bind(this),
        failed: this.#failed.bind(this),
      };
      body.stream.once('error', this.#hearing.failed);
    }
    try {
      this.#carriage = transportOf(upstream.transport)(this.#connection, this.#attempt, this);
    } catch (error) {
      this.failed(error);
      return;
    }
    if (body && this.#hearing) {
      body.stream.on('data', this.#hearing.take).once('end', this.#hearing.end);
      // It may have been paused, with nothing of it taken, when another connection failed.
      body.stream.resume();
      body.begin();
    } else {
      this.#carriage.end();
      this.#sent();
    }
  }

  #take(piece: Buffer): void {
    this.#taken += piece.byteLength;
    // It would be the next request on this connection.
    if (this.#taken > (this.#announced ?? Number.POSITIVE_INFINITY)) {
      this.#failed(new TypeError(OTHER_LENGTH));
      return;
    }
    const more = this.#carriage?.write(piece);
    // All that was announced is out, and the store may answer before the stream says that it ends.
    if (this.#taken === this.#announced) {
      this.#endOfBody();
      return;
    }
    if (more !== false) return;
    this.#waitsSince ||= performance.now();
    this.#attempt.body?.stream.pause();
    this.#waitForTaking(this.#attempt.upstream.timeouts.idle);
  }

  drained(): void {
    if (this.#phase !== 'sending') return;
    // From here on the client is waited for.
    this.#addWait();
    this.#takesWithin = 0;
    this.#deadline.pause();
    this.#attempt.body?.stream.resume();
  }

  #endOfBody(): void {
    if (this.#phase !== 'sending') return;
    // The next request on this connection would be the rest of it.
    if (this.#taken < (this.#announced ?? 0)) {
      this.#failed(new TypeError(OTHER_LENGTH));
      return;
    }
    this.#carriage?.end();
    this.#sent();
  }

  #sent(): void {
    if (this.#phase !== 'sending') return;
    this.#phase = 'sent';
    this.#waitsSince ||= performance.now();
    this.#waitForTaking(this.#attempt.upstream.timeouts.idle);
    if (this.#carriage?.taken()) this.allTaken();
  }

  allTaken(): void {
    if (this.#phase === 'sent') {
      if (this.#undone) return;
      this.#waitsForHead = true;
      this.#waitForTaking(this.#attempt.upstream.timeouts.headers);
    } else if (this.#phase === 'settling' && this.#response) this.#hand(this.#response);
  }

  /** The system may hold megabytes that a slow store has yet to take: while it takes them, nothing is late. */
  #waitForTaking(limit: number): void {
    this.#stall = undefined;
    this.#takesWithin = this.#attempt.body ? limit : 0;
    this.#deadline.begin(this.#attempt.body ? limit / LOOKS : limit);
  }

  #look(): void {
    const limit = this.#takesWithin;
    this.#stall ??= new Stall(this.#connection.socket, limit, performance.now() - limit / LOOKS);
    const stall = this.#stall;
    void stall.look().then((over) => {
      // Another wait has begun meanwhile, or none is left.
      if (stall !== this.#stall || this.#takesWithin === 0) return;
      if (over) {
        this.#takesWithin = 0;
        this.late();
      } else this.#deadline.begin(Math.max(1, stall.due - performance.now()));
    });
  }

  informed(): void {
    this.#informational += 1;
    if (this.#informational > MOST_INFORMATIONAL)
      this.#failed(new UpstreamError('malformed', 'the store sends informational answers without end'));
  }

  answered(response: StoreResponse): void {
    if (this.#phase !== 'sending' && this.#phase !== 'sent') {
      response.destroy();
      return;
    }
    this.#response = response;
    const status = response.statusCode ?? 0;
    const fault = faultIn(response, this.#attempt);
    if (fault !== undefined) {
      this.#failed(new UpstreamError('malformed', fault));
      return;
    }
    const succeeds = status < 300;
    if (this.#phase === 'sending' && succeeds) {
      this.#failed(
        new UpstreamError('malformed', `the store answered ${status} before it had the whole body`),
      );
    } else if (this.#phase === 'sent' && succeeds && this.#carriage?.taken() === false) {
      // The answer may overtake the word that the last write is done; if it does not come, it never was.
      this.#phase = 'settling';
      this.#takesWithin = 0;
      this.#deadline.begin(SETTLING_MS);
    } else {
      this.#early = this.#overtook(status);
      this.#hand(response);
    }
  }

  /**
   * Is the store ahead of the body? Then it may end the connection any time, and nothing may follow on it. What was sent
   * may still lie in a socket, so a refusal of a large body counts as one that came early.
   */
  #overtook(status: number): boolean {
    return this.#carriage?.taken() === false || (status >= 400 && this.#taken > UNREAD_BYTES);
  }

  #hand(response: StoreResponse): void {
    this.#phase = 'answered';
    this.#note();
    this.#takesWithin = 0;
    this.#letGoOfBody();
    this.#deadline.begin(this.#attempt.upstream.timeouts.idle);
    this.#whole = response.unstreamed === true;
    if (!this.#whole) response.once('close', () => this.#responseClosed(response));
    this.#outcome.resolve({ response, destroy: () => this.#leave(response) });
    if (!this.#whole || !this.#early) return;
    this.#end();
    this.#connection.destroy();
  }

  #responseClosed(response: StoreResponse): void {
    // Given back already; or the answer has no reader any more, or the store ends the connection.
    if (this.#phase === 'ended') return;
    if (!this.#left && !response.complete && isOfStore(response.errored)) this.#outcome.home.events.broke?.();
    this.#end();
    this.#connection.destroy();
  }

  /** Once the connection was given back, another request may be on it. */
  #leave(response: StoreResponse): void {
    this.#left = true;
    if (this.#phase === 'ended') response.destroy();
    else this.#connection.destroy();
  }

  progressed(): void {
    if (this.#phase === 'answered') this.#deadline.moved();
  }

  late(): void {
    const { timeouts } = this.#attempt.upstream;
    if (this.#takesWithin > 0) {
      this.#look();
      return;
    }
    if (this.#phase !== 'answered') {
      this.#failed(this.#lateness());
      return;
    }
    if (this.#response?.complete) return;
    // While nobody reads, the store is not waited for.
    if (this.#connection.socket.isPaused()) this.#deadline.begin(timeouts.idle);
    else this.#response?.destroy(new UpstreamError('silent', SILENT, { late: 'idle' }));
  }

  #lateness(): UpstreamError {
    if (this.#undone) return clientLeft();
    if (this.#phase === 'settling')
      return new UpstreamError('malformed', 'the store answered before it took the whole body');
    if (this.#waitsForHead) return new UpstreamError('silent', SILENT, { late: 'headers' });
    return new UpstreamError('silent', TAKES_NOTHING, { late: 'idle' });
  }

  /** The client left. What is all sent may have been done, so its answer is still wanted. */
  handleEvent(): void {
    if (this.#phase === 'answered' || this.#phase === 'settling') return;
    if (this.#phase !== 'sent' || !writes(this.#attempt)) this.#failed(clientLeft());
    else if (this.#attempt.undone === true) this.#waitToUndo();
  }

  #waitToUndo(): void {
    this.#undone = true;
    this.#takesWithin = 0;
    this.#deadline.begin(UNDONE_MS);
  }

  failed(cause: unknown): void {
    // A request that can't be written down is a fault of the proxy, not of the store.
    this.#failed(cause instanceof TypeError ? cause : UpstreamError.from(cause));
  }

  closed(): void {
    if (this.#phase === 'ended') return;
    // Who answers has taken what has no body, whatever the word of that: it is not asked again.
    if (this.#phase === 'settling' && this.#response && !this.#attempt.body) this.#hand(this.#response);
    if (this.#phase === 'answered' && this.#response?.complete) {
      if (this.#whole) this.#end();
      return;
    }
    const cause = this.#connection.socket.errored;
    this.#failed(cause === null ? this.#ended() : UpstreamError.from(cause));
  }

  #ended(): UpstreamError {
    const when = this.#phase === 'answered' ? 'in the middle of its answer' : 'without an answer';
    return new UpstreamError('reset', `the store ended the connection ${when}`);
  }

  #failed(error: Error): void {
    const response = this.#response;
    if (this.#phase === 'ended') return;
    if (this.#phase === 'answered') {
      // All that was announced has come: what follows it concerns the connection alone.
      if (response && !response.complete) response.destroy(error);
      return;
    }
    this.#note();
    // An empty body that was ended is sent, too.
    if (error instanceof UpstreamError) error.untouched = this.#phase === 'sending' && this.#taken === 0;
    this.#end();
    this.#connection.destroy();
    this.#outcome.reject(error);
  }

  #addWait(): void {
    if (this.#waitsSince > 0) this.#waited += performance.now() - this.#waitsSince;
    this.#waitsSince = 0;
  }

  #note(): void {
    this.#addWait();
    const { tally, body } = this.#attempt;
    if (!tally) return;
    tally.storeMs = this.#waited;
    if (body) tally.bytesIn = this.#taken;
  }

  freed(): void {
    // What is left of an early one's request has no taker: nothing may follow on its connection.
    if (this.#phase === 'ended' || this.#early) return;
    this.#end();
    this.#outcome.home.release(this.#connection);
  }

  #end(): void {
    this.#phase = 'ended';
    this.#takesWithin = 0;
    this.#deadline.pause();
    this.#letGoOfBody();
    this.#carriage?.leave();
    this.#attempt.signal.removeEventListener('abort', this);
  }

  /** Nothing more of it is taken; what reads on takes it from here. */
  #letGoOfBody(): void {
    const { body } = this.#attempt;
    if (!body || !this.#hearing) return;
    body.stream.off('data', this.#hearing.take).off('end', this.#hearing.end);
    if (!body.stream.readableEnded && !body.stream.destroyed) body.stream.pause();
  }
}

/** Is it why an answer broke off, rather than why nobody reads it? Node's client says so of a connection that ended. */
function isOfStore(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error instanceof UpstreamError || error?.code === 'ECONNRESET';
}

/** What is wrong with the head of an answer although Node's parser takes it; undefined when nothing is. */
function faultIn(response: StoreResponse, { method }: Attempt): string | undefined {
  const { statusCode = 0, httpVersionMajor } = response;
  if (httpVersionMajor !== 1) return 'the store answered in another version of HTTP';
  if (statusCode < 200 || statusCode > 599) return `the store answered with status ${statusCode}`;
  const coding = fieldOf(response, 'transfer-encoding');
  // Others would have to be taken off here, and nobody asked for one.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return 'the store answered in a transfer coding that nobody asked for';
  // Its end would be that of the connection, and nobody can tell whether that was meant.
  const endless = coding === undefined && fieldOf(response, 'content-length') === undefined;
  if (endless && statusCode < 300 && statusCode !== 204 && method !== 'HEAD')
    return 'the store answered with a body of unknown length';
  return undefined;
}
