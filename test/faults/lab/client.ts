import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { type Framing, fieldOf, type Head, MessageReader } from '../wire/message-reader.ts';

/** An answer as far as it has come. */
export class Answer {
  readonly head: Head;
  readonly status: number;
  /** Has all come that its framing announced? */
  whole = false;
  readonly #pieces: Buffer[] = [];

  constructor(head: Head) {
    this.head = head;
    this.status = statusOf(head);
  }

  get body(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece);
  }
}

export interface Address {
  readonly port: number;
  /** PEM text of the authority; without it the client speaks plain HTTP. */
  readonly ca: string | undefined;
}

/** A client of bare bytes that reads answers by itself. */
export class Client {
  readonly answers: Answer[] = [];
  informational = 0;
  /** When the last bytes came, by `performance.now()`. */
  movedAt = 0;
  fault: string | undefined;
  /** How the connection ended. */
  ended: 'open' | 'fin' | 'reset' = 'open';
  readonly #socket: Socket;
  readonly #methods: string[] = [];
  #waiting: (() => void)[] = [];

  constructor({ port, ca }: Address) {
    this.#socket =
      ca === undefined
        ? net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
        : tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
    const reader = this.#reader();
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (bytes: Buffer) => {
      this.movedAt = performance.now();
      reader.feed(bytes);
      this.#wake();
    });
    this.#socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      this.#end(code === 'ECONNRESET' ? 'reset' : 'fin'),
    );
    this.#socket.on('end', () => {
      reader.close();
      this.#end('fin');
      this.#socket.end();
    });
    this.#socket.on('close', () => this.#end('fin'));
  }

  /** The answer to the last request, as far as it has come. */
  get latest(): Answer | undefined {
    return this.answers[this.#methods.length - 1];
  }

  /** How many requests it has sent. */
  get asked(): number {
    return this.#methods.length;
  }

  asks(method: string): void {
    this.#methods.push(method);
  }

  send(bytes: Buffer | string): void {
    if (this.#socket.writable)
      this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Resolves when the bytes so far are out of this process, or the connection is gone. */
  async sent(): Promise<void> {
    while (this.#socket.writableLength > 0 && !this.#socket.destroyed)
      await new Promise((go) => setTimeout(go, 2));
  }

  reading(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
  }

  leave(how: 'fin' | 'reset' | 'half'): void {
    if (how === 'half') this.#socket.end();
    else if (how === 'reset' && !(this.#socket instanceof tls.TLSSocket)) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  async until(wanted: 'head' | 'answer' | 'closed'): Promise<void> {
    const there = (): boolean =>
      wanted === 'head' ? this.latest !== undefined : wanted === 'answer' && this.latest?.whole === true;
    while (!there() && this.ended === 'open')
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #reader(): MessageReader {
    return new MessageReader({
      framingOf: (head) => framingOf(head, this.#methods[this.answers.length - 1] ?? ''),
      onHead: (head) => {
        const status = statusOf(head);
        if (status >= 100 && status < 200) this.informational += 1;
        else this.answers.push(new Answer(head));
      },
      onBody: (piece) => this.answers.at(-1)?.add(piece),
      onEnd: () => {
        const answer = this.answers.at(-1);
        if (answer) answer.whole = true;
      },
      onFault: (fault) => {
        this.fault = fault;
      },
    });
  }

  #end(how: 'fin' | 'reset'): void {
    if (this.ended === 'open') this.ended = how;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function statusOf({ start }: Head): number {
  return /^HTTP\/1\.1 \d{3}( |$)/.test(start) ? Number(start.split(' ')[1]) : 0;
}

function framingOf(head: Head, method: string): Framing {
  const status = statusOf(head);
  if (status >= 100 && status < 200) return { kind: 'more' };
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  if (fieldOf(head, 'transfer-encoding') !== undefined) return { kind: 'chunked' };
  const length = fieldOf(head, 'content-length');
  return length === undefined ? { kind: 'until-close' } : { kind: 'length', length: Number(length) };
}
