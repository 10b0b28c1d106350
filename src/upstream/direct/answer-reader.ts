import { letGo, ownBuffer } from '../let-go.ts';
import type { StoreResponse } from '../response.ts';
import { Chunks } from './chunks.ts';
import { DirectResponse, type Source } from './direct-response.ts';
import { framingOf } from './framing.ts';
import { HeadReader } from './head.ts';
import { malformed } from './malformed.ts';
import { Pace, PIECE_BYTES, RECORD_BYTES } from './pace.ts';

interface Reports {
  informed(): void;
  answered(response: StoreResponse): void;
  /** Bytes of the body came. */
  progressed(): void;
}

/** Where the bytes come from. */
interface Flow {
  /** The body has room for more. */
  wanted(): void;
  /** The body has no room for more before `wanted`. */
  full(): void;
}

/**
 * Reads the answer to one request, informational ones before it included, however it is cut into pieces. TLS hands over a
 * record at a time, of 16 KiB at most, and all of them that one reading brought one after the other. Those of a body are
 * copied once, into pieces that go on when they are full, or at the end of the turn of the loop.
 */
export class AnswerReader implements Source {
  /** All of the answer has come. */
  complete = false;
  /** May the connection carry another request? Known with the head. */
  keepAlive = false;
  readonly #method: string;
  readonly #least: number;
  readonly #reports: Reports;
  readonly #flow: Flow;
  #head: HeadReader | undefined;
  #response: DirectResponse | undefined;
  /** It was said that there is an answer. */
  #told = false;
  #untilEnd = false;
  #chunks: Chunks | undefined;
  /** Of a body that comes in several pieces. */
  #pace: Pace | undefined;
  /** Bytes of the body that are to come: without end where nobody knows. */
  #left = Number.POSITIVE_INFINITY;
  /** What goes on next, as far as it is there. */
  #piece: Buffer | undefined;
  #filled = 0;
  /** At the end of this turn of the loop it is looked what has come. */
  #awaited = false;
  /** The connection is read again after a pause: what came meanwhile comes in the next turn of the loop. */
  #resumed = false;

  /** @param least the pieces of a longer body before its client has shown that it is quick, in bytes */
  constructor(method: string, reports: Reports, flow: Flow, least = RECORD_BYTES) {
    this.#method = method;
    this.#least = least;
    this.#reports = reports;
    this.#flow = flow;
    this.#head = new HeadReader();
  }

  /**
   * Copies what it keeps: the memory may be used again at once.
   * @returns how many bytes belong to this answer
   * @throws UpstreamError malformed
   */
  feed(bytes: Buffer): number {
    let at = 0;
    while (this.#head) {
      at = this.#head.feed(bytes, at);
      if (at < 0) return bytes.length;
      this.#begin(this.#head);
    }
    if (this.complete || at === bytes.length) return at;
    // It was left while its head was read.
    if (!this.#response) return bytes.length;
    return this.#chunks ? this.#chunked(this.#chunks, bytes, at) : this.#body(bytes, at);
  }

  /** The store ends its side. */
  ended(): void {
    if (this.#untilEnd) this.#finish();
    else {
      this.tell();
      this.#handOver();
    }
  }

  /** Says that there is an answer, if there is one. */
  tell(): void {
    if (this.#told || !this.#response) return;
    this.#told = true;
    this.#reports.answered(this.#response);
  }

  #begin(head: HeadReader): void {
    const { body, keepAlive } = framingOf(head, this.#method);
    // What is below is judged with the others that nobody has.
    if (head.status >= 100 && head.status < 200) {
      if (head.status === 101) throw malformed('nobody asked for another protocol');
      this.#head = new HeadReader();
      this.#reports.informed();
      return;
    }
    this.#head = undefined;
    this.keepAlive = keepAlive;
    this.#response = new DirectResponse(head, this);
    if (body.kind === 'none') {
      this.#finish();
      return;
    }
    if (body.kind === 'length') {
      this.#left = body.bytes;
      if (body.bytes > PIECE_BYTES)
        this.#pace = new Pace(body.bytes, { least: this.#least, trusting: this.#least === RECORD_BYTES });
    } else if (body.kind === 'chunked') this.#chunks = new Chunks();
    else this.#untilEnd = true;
    // A short body mostly comes in the same turn of the loop, and who has all of it needs no stream.
    if (this.#left > PIECE_BYTES) this.tell();
    else this.#lookSoon();
  }

  #body(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.#gather(bytes, from, to);
    if (this.#left === 0) this.#finish();
    return to;
  }

  #chunked(chunks: Chunks, bytes: Buffer, from: number): number {
    const end = chunks.feed(bytes, from, (begin, to) => this.#gather(bytes, begin, to));
    if (end < 0) return bytes.length;
    if (this.#response) this.#response.rawTrailers = chunks.rawTrailers;
    this.#finish();
    return end;
  }

  #gather(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      this.#piece ??= ownBuffer(Math.min(this.#left, this.#most()));
      const copied = bytes.copy(this.#piece, this.#filled, at, to);
      at += copied;
      this.#filled += copied;
      this.#left -= copied;
      if (this.#filled === this.#piece.length && this.#left > 0) this.#handOver();
    }
    if (this.#piece) this.#lookSoon();
  }

  /** Of a body whose length nobody knows, all may have come. */
  #most(): number {
    return this.#pace?.most ?? (this.#left > PIECE_BYTES ? this.#least : PIECE_BYTES);
  }

  #handOver(): void {
    const piece = this.#piece;
    const filled = this.#filled;
    this.#piece = undefined;
    this.#filled = 0;
    if (!piece) return;
    if (filled === piece.length) {
      this.#take(piece);
      return;
    }
    const part = ownBuffer(filled);
    piece.copy(part, 0, 0, filled);
    letGo(piece);
    this.#take(part);
  }

  #take(piece: Buffer): void {
    this.#reports.progressed();
    if (this.#left > 0) this.#pace ??= new Pace();
    this.#pace?.moved(piece.length);
    if (this.#response?.bring(piece) !== false) return;
    this.#pace?.full();
    this.#flow.full();
  }

  get oneByOne(): boolean {
    return this.#pace?.most === this.#least;
  }

  wanted(): void {
    this.#resumed = true;
    this.#pace?.taken();
    this.#flow.wanted();
  }

  /** No more of it is read. */
  leave(): void {
    this.#told = true;
    this.#head = undefined;
    this.#piece = undefined;
    this.#pace?.end();
  }

  #lookSoon(): void {
    if (this.#awaited) return;
    this.#awaited = true;
    setImmediate(endTurn, this);
  }

  /** What came in this turn of the loop goes on. */
  turnEnded(): void {
    this.#awaited = false;
    this.tell();
    if (this.#resumed && this.#piece) this.#lookSoon();
    else this.#handOver();
    this.#resumed = false;
  }

  #finish(): void {
    const response = this.#response;
    if (!response) return;
    this.complete = true;
    if (!this.#told) {
      // Who is told of it now has all of it, and needs no stream.
      response.bringWhole(this.#piece);
      this.#piece = undefined;
      this.tell();
      return;
    }
    this.#handOver();
    this.#pace?.end();
    response.complete = true;
    if (!response.destroyed) response.push(null);
  }
}

/** For `setImmediate`, without a function of its own for each. */
export function endTurn(whose: { turnEnded(): void }): void {
  whose.turnEnded();
}
