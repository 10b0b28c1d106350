import type { Attempt } from '../attempt.ts';
import type { Connection, ConnectionUser } from '../connection.ts';
import { freesPieces, letGo } from '../let-go.ts';
import type { Carriage, Reports } from '../transport.ts';
import { UpstreamError } from '../upstream-error.ts';
import { AnswerReader } from './answer-reader.ts';
import { requestHead } from './request-head.ts';

/** As much as goes out in one write, in bytes: four TLS records. A write costs more than what is in it. */
const GATHERED_BYTES = 64 * 1024;

/** Smaller pieces of a body may share their memory with others. */
const FREED_BYTES = 4096;

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
  /** Writes that the socket has not taken. */
  #pending = 0;
  #whole = false;
  #corked = false;
  /** Nothing goes out before what had arrived on a connection that is used again was read. */
  #held: boolean;
  /** Has anything gone out? */
  #begun = false;
  #left = false;

  constructor(connection: Connection, attempt: Attempt, reports: Reports) {
    this.#connection = connection;
    this.#reports = reports;
    this.#frees = attempt.body !== undefined && freesPieces(attempt.body.stream);
    const { socket } = connection;
    this.#answer = new AnswerReader(attempt.method, {
      informed: reports.informed,
      answered: reports.answered,
      progressed: reports.progressed,
      wanted: () => {
        if (!this.#left) socket.resume();
      },
      full: () => socket.pause(),
    });
    const { text, chunked } = requestHead(attempt);
    this.#chunked = chunked;
    connection.user = this;
    this.#held = connection.idleSince > 0;
    socket.resume();
    this.#gather();
    this.#send(text);
  }

  readonly write = (piece: Buffer): boolean => {
    if (piece.byteLength > 0) {
      this.#gather();
      if (this.#chunked) this.#send(`${piece.byteLength.toString(16)}\r\n`);
      this.#send(piece);
      if (this.#chunked) this.#send('\r\n');
      if (this.#connection.socket.writableLength >= GATHERED_BYTES) this.#release();
    }
    return !this.#connection.socket.writableNeedDrain;
  };

  readonly end = (): void => {
    if (this.#chunked) this.#send('0\r\n\r\n');
    this.#whole = true;
    this.#release();
  };

  readonly taken = (): boolean => this.#whole && this.#pending === 0;

  readonly leave = (): void => {
    this.#left = true;
    // What was held back is not sent for nobody: the connection ends.
    if (this.#begun) this.#release();
    if (this.#connection.user === this) this.#connection.user = undefined;
  };

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

  onDrain(): void {
    if (!this.#whole) this.#reports.drained();
  }

  onEnd(): void {
    if (this.#answer.ended()) this.#connection.destroy();
    else this.#reports.closed();
  }

  onClose(): void {
    this.#reports.closed();
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
    else if (this.#frees && piece.byteLength >= FREED_BYTES)
      socket.write(piece, (error) => {
        if (!error) letGo(piece);
        this.#took(error);
      });
    else socket.write(piece, this.#took);
  }

  readonly #took = (error?: Error | null): void => {
    // Nothing ends here: the answer may be there to read.
    if (error) return;
    this.#pending -= 1;
    if (!this.taken() || this.#left) return;
    this.#reports.allTaken();
    if (this.#answer.complete) this.#finish();
  };

  /** What comes in this turn of the loop goes out in one write. What is slow to come is not waited for. */
  #gather(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#connection.socket.cork();
    setImmediate(this.#begin);
  }

  readonly #begin = (): void => {
    this.#held = false;
    this.#release();
  };

  readonly #release = (): void => {
    if (!this.#corked || this.#held) return;
    this.#corked = false;
    this.#begun = true;
    this.#connection.socket.uncork();
  };
}
