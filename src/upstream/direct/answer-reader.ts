import type { StoreResponse } from '../response.ts';
import { Chunks } from './chunks.ts';
import { DirectResponse, type Source } from './direct-response.ts';
import { type Framing, framingOf } from './framing.ts';
import { Gathering, type Taker } from './gathered.ts';
import { type Head, HeadReader } from './head.ts';
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

/** Bodies of answers. */
const gathering = new Gathering();
let awaited = false;

/**
 * Reads the answer to one request, informational ones before it included, however it is cut into pieces. Its state is
 * the head that is read, or the body that follows one.
 */
export class AnswerReader implements Taker, Source {
  readonly #method: string;
  readonly #reports: Reports;
  readonly #flow: Flow;
  #head: HeadReader | undefined = new HeadReader();
  #response: DirectResponse | undefined;
  #framing: Framing | undefined;
  #chunks: Chunks | undefined;
  /** Of a body that comes in several pieces. */
  #pace: Pace | undefined;
  /** Bytes of the body that are to come, where its length is known. */
  #left = 0;

  constructor(method: string, reports: Reports, flow: Flow) {
    this.#method = method;
    this.#reports = reports;
    this.#flow = flow;
  }

  get complete(): boolean {
    return this.#response?.complete === true;
  }

  /** May the connection carry another request? Known with the head. */
  get keepAlive(): boolean {
    return this.#framing?.keepAlive === true;
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
      this.#begin(this.#head.head);
      if (at === bytes.length) return at;
    }
    return this.complete ? at : this.#body(bytes, at);
  }

  /** The store ends its side. @returns whether that is the end of the answer */
  ended(): boolean {
    if (this.#framing?.body.kind === 'until-end') this.#finish();
    else gathering.handOverTo(this);
    return this.complete;
  }

  #begin(head: Head): void {
    const framing = framingOf(head, this.#method);
    // What is below is judged with the others that nobody has.
    if (head.status >= 100 && head.status < 200) {
      if (head.status === 101) throw malformed('nobody asked for another protocol');
      this.#head = new HeadReader();
      this.#reports.informed();
      return;
    }
    this.#head = undefined;
    this.#framing = framing;
    const { body } = framing;
    this.#response = new DirectResponse(head, this);
    if (body.kind === 'length') {
      this.#left = body.bytes;
      if (body.bytes > PIECE_BYTES) this.#pace = new Pace(body.bytes);
    } else if (body.kind === 'chunked') this.#chunks = new Chunks();
    const none = body.kind === 'none';
    // What is known to be all is said before anybody looks.
    if (none) this.#response.complete = true;
    this.#reports.answered(this.#response);
    if (none) this.#finish();
  }

  #body(bytes: Buffer, from: number): number {
    if (this.#chunks) return this.#chunked(this.#chunks, bytes, from);
    const known = this.#framing?.body.kind === 'length';
    const to = known ? Math.min(bytes.length, from + this.#left) : bytes.length;
    this.#left -= to - from;
    this.#gather(bytes, from, to);
    if (known && this.#left === 0) this.#finish();
    return to;
  }

  #chunked(chunks: Chunks, bytes: Buffer, from: number): number {
    const end = chunks.feed(bytes, from, (begin, to) => this.#gather(bytes, begin, to));
    if (end < 0) return bytes.length;
    if (this.#response) this.#response.rawTrailers = chunks.rawTrailers;
    this.#finish();
    return end;
  }

  get most(): number {
    return this.#pace?.most ?? PIECE_BYTES;
  }

  get oneByOne(): boolean {
    return this.most === RECORD_BYTES;
  }

  take(piece: Buffer): void {
    this.#reports.progressed();
    if (this.#pace || this.#left > 0 || this.#chunks) {
      this.#pace ??= new Pace();
      this.#pace.moved(piece.length);
    }
    if (this.#response?.bring(piece) !== false) return;
    this.#pace?.full();
    this.#flow.full();
  }

  wanted(): void {
    this.#pace?.taken();
    this.#flow.wanted();
  }

  /** No more of it is read. */
  leave(): void {
    gathering.drop(this);
    this.#pace?.end();
  }

  /** What comes in this turn of the loop goes on in one piece. */
  #gather(bytes: Buffer, from: number, to: number): void {
    gathering.add(this, bytes, from, to);
    if (awaited) return;
    awaited = true;
    setImmediate(atEndOfTurn);
  }

  #finish(): void {
    const response = this.#response;
    if (!response) return;
    gathering.handOverTo(this);
    this.#pace?.end();
    response.complete = true;
    if (!response.destroyed) response.push(null);
  }
}

function atEndOfTurn(): void {
  awaited = false;
  gathering.handOver();
}
