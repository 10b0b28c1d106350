import type { Attempt } from '../attempt.ts';
import type { Connection, ConnectionUser } from '../connection.ts';
import { freesPieces, letGo } from '../let-go.ts';
import type { Carriage, Reports } from '../transport.ts';
import { UpstreamError } from '../upstream-error.ts';
import { AnswerReader, endTurn } from './answer-reader.ts';
import { Held } from './held.ts';
import { AHEAD_BYTES, LEAN_BYTES, Pace, RECORD_BYTES } from './pace.ts';
import { requestHead } from './request-head.ts';

/**
 * As much goes on at once as a turn of the loop mostly brings: a read of 64 KiB, with the record before it that was cut.
 * By then it is all in memory, whether it goes on in one piece or in two.
 */
const TURN_BYTES = 96 * 1024;

/** HTTP/1.1 on the socket of a connection, made for forwarding: nothing between the socket and the streams. */
export function carryDirectly(connection: Connection, attempt: Attempt, reports: Reports): Carriage {
  return new DirectCarriage(connection, attempt, reports);
}

class DirectCarriage implements Carriage, ConnectionUser {
  readonly #connection: Connection;
  readonly #reports: Reports;
  readonly #answer: AnswerReader;
  readonly #frees: boolean;
  readonly #chunked: boolean;
  /** What of the body came in this turn of the loop, with the head before it. */
  #held: Held | undefined;
  /** Of a body that goes in several pieces. */
  #pace: Pace | undefined;
  /** Writes that the socket has not taken. */
  #pending = 0;
  /**
   * There was one at the end of the last turn of the loop that brought something: the store does not keep up. That a socket
   * took what it was given is known a tick later, over TLS before the end of the next turn, and to stop a stream and start
   * it again costs more than what it brings meanwhile.
   */
  #slow = false;
  #whole = false;
  /** What is held goes out at the end of this turn of the loop. */
  #awaited = false;
  /** Nothing goes out before what had arrived on the connection was read: neither a head that is all of the request … */
  #head: string | undefined;
  /** … nor what the socket holds of another. */
  #begun = false;
  #left = false;

  constructor(connection: Connection, attempt: Attempt, reports: Reports) {
    this.#connection = connection;
    this.#reports = reports;
    this.#frees = attempt.body !== undefined && freesPieces(attempt.body.stream);
    const { socket } = connection;
    this.#answer = new AnswerReader(
      attempt.method,
      reports,
      this,
      connection.lean ? LEAN_BYTES : RECORD_BYTES,
    );
    const { text, chunked } = requestHead(attempt);
    this.#chunked = chunked;
    connection.user = this;
    socket.resume();
    if (attempt.body) {
      if (!connection.quiet) socket.cork();
      this.#held = new Held(this.#frees);
      this.#held.addText(text);
    } else this.#head = text;
    // Behind a head alone nothing can come that would go out with it.
    if (this.#head !== undefined && connection.quiet) this.turnEnded();
    else this.#goSoon();
  }

  write(piece: Buffer): boolean {
    const held = this.#held as Held;
    const most = Math.max(this.#pace?.most ?? 0, TURN_BYTES);
    if (piece.byteLength > 0) {
      this.#goSoon();
      if (this.#chunked) held.addText(`${piece.byteLength.toString(16)}\r\n`);
      if (held.size + piece.byteLength > most) this.#sendHeld();
      held.add(piece);
      if (this.#chunked) held.addText('\r\n');
    }
    if (this.#pending === 0) return true;
    const unknown = this.#connection.socket.writableLength + held.size;
    if (!this.#slow && unknown < (this.#pace?.ahead ?? AHEAD_BYTES)) return true;
    this.#pace?.full();
    return false;
  }

  end(): void {
    if (this.#chunked) this.#held?.addText('0\r\n\r\n');
    this.#whole = true;
    this.#sendHeld();
  }

  taken(): boolean {
    return this.#whole && this.#pending === 0 && this.#head === undefined;
  }

  leave(): void {
    this.#left = true;
    this.#answer.leave();
    // What was held back is not sent for nobody: the connection ends.
    this.#held?.drop();
    this.#pace?.end();
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
    this.#answer.ended();
    if (this.#answer.complete) this.#connection.destroy();
    else this.#reports.closed();
  }

  onClose(): void {
    this.#answer.tell();
    this.#reports.closed();
  }

  wanted(): void {
    if (!this.#left) this.#connection.socket.resume();
  }

  full(): void {
    if (!this.#left) this.#connection.socket.pause();
  }

  /** A piece of the body, with what frames it. */
  #sendHeld(): void {
    const piece = this.#held?.take();
    if (!piece) return;
    if (this.#connection.quiet) this.#begun = true;
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
    setImmediate(endTurn, this);
  }

  /** What came in this turn of the loop goes out. */
  turnEnded(): void {
    this.#awaited = false;
    if (this.#left) return;
    this.#slow = this.#pending > 0;
    this.#sendHeld();
    if (this.#begun) return;
    this.#begun = true;
    const head = this.#head;
    this.#head = undefined;
    if (head === undefined) this.#connection.socket.uncork();
    else this.#send(head);
  }
}
