import type { Attempt } from '../attempt.ts';
import type { Connection, ConnectionUser } from '../connection.ts';
import { freesPieces, letGo } from '../let-go.ts';
import type { Carriage, Reports } from '../transport.ts';
import { UpstreamError } from '../upstream-error.ts';
import { AnswerReader } from './answer-reader.ts';
import { Gathering, type Taker } from './gathered.ts';
import { Pace, PIECE_BYTES } from './pace.ts';
import { requestHead } from './request-head.ts';

/** From this size on, in bytes, a piece goes out as it is. */
const LARGE_BYTES = 32 * 1024;

/** Requests with a body. */
const gathering = new Gathering();

/** HTTP/1.1 on the socket of a connection, made for forwarding: nothing between the socket and the streams. */
export function carryDirectly(connection: Connection, attempt: Attempt, reports: Reports): Carriage {
  return new DirectCarriage(connection, attempt, reports);
}

class DirectCarriage implements Carriage, ConnectionUser, Taker {
  readonly #connection: Connection;
  readonly #reports: Reports;
  readonly #answer: AnswerReader;
  readonly #frees: boolean;
  readonly #chunked: boolean;
  /** Of a body that goes in several pieces. */
  #pace: Pace | undefined;
  /** Writes that the socket has not taken. */
  #pending = 0;
  #whole = false;
  /** What was gathered goes out at the end of this turn of the loop. */
  #awaited = false;
  /** Nothing goes out before what had arrived on the connection was read. */
  #begun = false;
  #left = false;

  constructor(connection: Connection, attempt: Attempt, reports: Reports) {
    this.#connection = connection;
    this.#reports = reports;
    this.#frees = attempt.body !== undefined && freesPieces(attempt.body.stream);
    const { socket } = connection;
    this.#answer = new AnswerReader(attempt.method, reports, this);
    const { text, chunked } = requestHead(attempt);
    this.#chunked = chunked;
    connection.user = this;
    socket.resume();
    socket.cork();
    this.#goSoon();
    if (attempt.body) gathering.addText(this, text);
    else this.#send(text);
  }

  write(piece: Buffer): boolean {
    if (piece.byteLength > 0) {
      this.#goSoon();
      if (this.#chunked) gathering.addText(this, `${piece.byteLength.toString(16)}\r\n`);
      if (piece.byteLength >= LARGE_BYTES) {
        gathering.handOverTo(this);
        this.take(piece);
      } else {
        gathering.add(this, piece, 0, piece.byteLength);
        if (this.#frees) letGo(piece);
      }
      if (this.#chunked) gathering.addText(this, '\r\n');
    }
    if (this.#pending === 0) return true;
    this.#pace?.full();
    return false;
  }

  end(): void {
    if (this.#chunked) gathering.addText(this, '0\r\n\r\n');
    this.#whole = true;
    gathering.handOverTo(this);
  }

  taken(): boolean {
    return this.#whole && this.#pending === 0;
  }

  leave(): void {
    this.#left = true;
    this.#answer.leave();
    gathering.drop(this);
    this.#pace?.end();
    // What was held back is not sent for nobody: the connection ends.
    if (this.#connection.user === this) this.#connection.user = undefined;
  }

  onBytes(bytes: Buffer): void {
    if (!this.#begun) {
      // Before the request went out: it belongs to nothing that was asked.
      this.#reports.failed(new UpstreamError('reset', 'the store sent what nobody had asked for'));
      this.#connection.destroy();
      return;
    }
    const used = this.#feed(bytes);
    if (!this.#answer.complete) return;
    // Nobody asked for them. This answer stands.
    if (used < bytes.length) this.#connection.destroy();
    else this.#finish();
  }

  onEnd(): void {
    if (this.#answer.ended()) this.#connection.destroy();
    else this.#reports.closed();
  }

  onClose(): void {
    this.#reports.closed();
  }

  wanted(): void {
    if (!this.#left) this.#connection.socket.resume();
  }

  full(): void {
    if (!this.#left) this.#connection.socket.pause();
  }

  get most(): number {
    return this.#pace?.most ?? PIECE_BYTES;
  }

  /** A piece of the body, with what frames it. */
  take(piece: Buffer): void {
    if (!this.#whole) {
      this.#pace ??= new Pace();
      this.#pace.moved(piece.byteLength);
    }
    this.#send(piece);
  }

  #feed(bytes: Buffer): number {
    try {
      return this.#answer.feed(bytes);
    } catch (error) {
      this.#reports.failed(error);
      this.#connection.destroy();
      return bytes.length;
    }
  }

  #finish(): void {
    if (!this.#answer.keepAlive) this.#connection.destroy();
    else if (this.taken()) this.#reports.freed();
  }

  #send(piece: Buffer | string): void {
    const { socket } = this.#connection;
    this.#pending += 1;
    if (typeof piece === 'string') socket.write(piece, 'latin1', this.#took);
    else
      socket.write(piece, (error) => {
        if (!error && this.#frees) letGo(piece);
        this.#took(error);
      });
  }

  readonly #took = (error?: Error | null): void => {
    // Nothing ends here: the answer may be there to read.
    if (error) return;
    this.#pending -= 1;
    if (this.#pending > 0 || this.#left) return;
    this.#pace?.taken();
    if (!this.#whole) {
      this.#reports.drained();
      return;
    }
    this.#reports.allTaken();
    if (this.#answer.complete) this.#finish();
  };

  /** What comes in this turn of the loop goes out in one write. What is slow to come is not waited for. */
  #goSoon(): void {
    if (this.#awaited) return;
    this.#awaited = true;
    setImmediate(this.#go);
  }

  readonly #go = (): void => {
    this.#awaited = false;
    if (this.#left) return;
    gathering.handOverTo(this);
    if (this.#begun) return;
    this.#begun = true;
    this.#connection.socket.uncork();
  };
}
