/** How the body of a message is framed (RFC 9112 §6). `more`: a message without a body, and the one that counts follows. */
export type Framing =
  | { readonly kind: 'none' | 'more' | 'chunked' | 'until-close' }
  | { readonly kind: 'length'; readonly length: number };

/** Start line and fields of a message, one character a byte. Names in lower case, in the order in which they came. */
export interface Head {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface Reading {
  readonly framingOf: (head: Head) => Framing;
  readonly onHead: (head: Head) => void;
  readonly onBody: (piece: Buffer) => void;
  /** The message is whole. */
  readonly onEnd: () => void;
  /** What came is not HTTP; nothing is read after that. */
  readonly onFault: (fault: string) => void;
}

type State =
  | 'start'
  | 'fields'
  | 'length'
  | 'size'
  | 'data'
  | 'data-end'
  | 'trailers'
  | 'until-close'
  | 'fault';

/**
 * A reader of HTTP/1.1, for both ends of these tests. It shares no code with the proxy, so that the two can't be wrong in
 * the same way.
 */
export class MessageReader {
  readonly #reading: Reading;
  #state: State = 'start';
  #line = '';
  #start = '';
  #fields: [string, string][] = [];
  #left = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Is a message under way? */
  get busy(): boolean {
    return this.#state !== 'start' || this.#line !== '';
  }

  feed(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && this.#state !== 'fault'; ) at = this.#step(bytes, at);
  }

  /** The other side has ended. */
  close(): void {
    if (this.#state !== 'until-close') return;
    this.#finish();
  }

  #step(bytes: Buffer, at: number): number {
    if (this.#state === 'until-close') {
      this.#reading.onBody(bytes.subarray(at));
      return bytes.length;
    }
    if (this.#state === 'length' || this.#state === 'data') {
      const to = Math.min(bytes.length, at + this.#left);
      this.#left -= to - at;
      this.#reading.onBody(bytes.subarray(at, to));
      if (this.#left > 0) return to;
      if (this.#state === 'length') this.#finish();
      else this.#state = 'data-end';
      return to;
    }
    const end = bytes.indexOf(0x0a, at);
    this.#line += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (end === -1) return bytes.length;
    const line = this.#line;
    this.#line = '';
    if (line.endsWith('\r')) this.#take(line.slice(0, -1));
    else this.#fail(`a line without CR: ${line.slice(0, 80)}`);
    return end + 1;
  }

  #take(line: string): void {
    if (this.#state === 'start') {
      this.#start = line;
      this.#fields = [];
      this.#state = 'fields';
    } else if (this.#state === 'fields') this.#field(line);
    else if (this.#state === 'size') this.#size(line);
    else if (this.#state === 'data-end') {
      if (line === '') this.#state = 'size';
      else this.#fail(`bytes behind a chunk: ${line.slice(0, 80)}`);
    } else if (line === '') this.#finish();
  }

  #field(line: string): void {
    if (line !== '') {
      const colon = line.indexOf(':');
      if (colon < 1) this.#fail(`a field without a name: ${line.slice(0, 80)}`);
      else this.#fields.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
      return;
    }
    const head = { start: this.#start, fields: this.#fields };
    this.#reading.onHead(head);
    const framing = this.#reading.framingOf(head);
    if (framing.kind === 'more') this.#state = 'start';
    else if (framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0)) this.#finish();
    else if (framing.kind === 'length') {
      this.#left = framing.length;
      this.#state = 'length';
    } else this.#state = framing.kind === 'chunked' ? 'size' : 'until-close';
  }

  #size(line: string): void {
    const [digits = ''] = line.split(';');
    if (!/^[0-9a-fA-F]{1,8}$/.test(digits)) {
      this.#fail(`not the size of a chunk: ${line.slice(0, 80)}`);
      return;
    }
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'data';
  }

  #finish(): void {
    this.#state = 'start';
    this.#reading.onEnd();
  }

  #fail(fault: string): void {
    this.#state = 'fault';
    this.#reading.onFault(fault);
  }
}

export function fieldOf({ fields }: Head, name: string): string | undefined {
  return fields.find(([known]) => known === name)?.[1];
}
