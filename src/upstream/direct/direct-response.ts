import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { distinctFields, joinedFields } from '../fields.ts';
import type { StoreResponse } from '../response.ts';
import type { Head } from './head.ts';

const NOTHING_AHEAD = { highWaterMark: 0 };

/** Reads an answer from its connection. */
export interface Source {
  /** There is room for more of the body. */
  wanted(): void;
  readonly oneByOne: boolean;
}

/** An answer that came over the direct transport. It buffers nothing ahead of its reader. */
export class DirectResponse extends Readable implements StoreResponse {
  readonly statusCode: number;
  readonly httpVersionMajor = 1;
  readonly rawHeaders: string[];
  rawTrailers: string[] = [];
  complete = false;
  /** Nothing of it has passed through the stream: all of the body is here, or was taken. */
  unstreamed = false;
  readonly #source: Source;
  #whole: Buffer | undefined;
  #headers: IncomingHttpHeaders | undefined;
  #distinct: NodeJS.Dict<string[]> | undefined;

  constructor({ status, rawHeaders }: Head, source: Source) {
    super(NOTHING_AHEAD);
    this.statusCode = status;
    this.rawHeaders = rawHeaders;
    this.#source = source;
    // Who looks later finds it in `errored`; between the head and its first reader nobody listens.
    this.on('error', ignore);
  }

  /** @returns false when no more should come before it is wanted */
  bring(piece: Buffer): boolean {
    if (this.destroyed) return true;
    const empty = this.push(piece);
    // What is read at once leaves the buffer empty, also when its reader then paused.
    return empty && !this.isPaused();
  }

  /** All of the body, before anybody knows of the answer. */
  bringWhole(whole: Buffer = NOTHING): void {
    this.#whole = whole;
    this.complete = true;
    this.unstreamed = true;
  }

  takeWhole(): Buffer | undefined {
    const whole = this.destroyed ? undefined : this.#whole;
    this.#whole = undefined;
    return whole;
  }

  get oneByOne(): boolean {
    return this.#source.oneByOne;
  }

  get headers(): IncomingHttpHeaders {
    if (this.#headers) return this.#headers;
    const headers = joinedFields(this.rawHeaders);
    this.#headers = headers;
    return headers;
  }

  get headersDistinct(): NodeJS.Dict<string[]> {
    if (this.#distinct) return this.#distinct;
    const distinct = distinctFields(this.rawHeaders);
    this.#distinct = distinct;
    return distinct;
  }

  override _read(): void {
    if (!this.unstreamed) {
      this.#source.wanted();
      return;
    }
    this.unstreamed = false;
    const whole = this.takeWhole();
    if (whole && whole.byteLength > 0) this.push(whole);
    this.push(null);
  }
}

const NOTHING = Buffer.of();

function ignore(): void {}
