import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** What the answer to a request must be. */
export interface Expected {
  readonly status: number;
  /** The answer has no body whatever its Content-Length says: one to HEAD. */
  readonly headOnly: boolean;
  readonly body?: Buffer | undefined;
  /** The least value of `x-amz-meta-received`. */
  readonly received?: number | undefined;
}

/** Larger writes would be encrypted whole before the first byte is sent. */
const PIECE = 256 * 1024;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const HEAD_LIMIT = 16 * 1024;

/**
 * One connection of a client, as cheap as it can be. One request at a time; the answer needs a Content-Length. Whatever is
 * not as expected breaks the link.
 */
export class Link {
  readonly #socket: TLSSocket;
  #expected: Expected | undefined;
  #head: Buffer = Buffer.of();
  /** Bytes of the body that are missing. Undefined before the end of the head. */
  #left: number | undefined;
  #at = 0;
  #done: ((error?: Error) => void) | undefined;
  #broken: Error | undefined;
  #drained: (() => void) | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('drain', () => this.#drained?.());
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  static async open(options: ConnectionOptions): Promise<Link> {
    const socket = connect(options);
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    return new Link(socket);
  }

  get socket(): TLSSocket {
    return this.#socket;
  }

  /** Resolves when the whole answer has come. @throws when it is not the expected one */
  async send(request: Buffer, expected: Expected): Promise<void> {
    if (this.#broken) throw this.#broken;
    this.#expected = expected;
    this.#left = undefined;
    this.#at = 0;
    const answered = new Promise<void>((resolve, reject) => {
      this.#done = (error) => (error ? reject(error) : resolve());
    });
    const [sent] = await Promise.allSettled([this.#write(request), answered]);
    if (sent.status === 'rejected') throw sent.reason;
    await answered;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #write(request: Buffer): Promise<void> {
    for (let at = 0; at < request.length; at += PIECE)
      if (
        !this.#socket.write(request.subarray(at, at + PIECE)) &&
        at + PIECE < request.length &&
        !this.#broken
      )
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
  }

  #read(bytes: Buffer): void {
    if (this.#left === undefined) this.#readHead(bytes);
    else this.#take(bytes);
  }

  #readHead(bytes: Buffer): void {
    const whole = this.#head.length > 0 ? Buffer.concat([this.#head, bytes]) : bytes;
    const end = whole.indexOf(END_OF_HEAD);
    if (end < 0 && whole.length < HEAD_LIMIT) {
      this.#head = whole;
      return;
    }
    this.#head = Buffer.of();
    const text = whole.toString('latin1', 0, end);
    const complaint = this.#complaint(text);
    if (complaint) {
      this.#end(new Error(`${complaint}: ${whole.toString('latin1', 0, 400)}`));
      return;
    }
    this.#left = this.#expected?.headOnly ? 0 : Number(field(text, 'content-length'));
    this.#take(whole.subarray(end + END_OF_HEAD.length));
  }

  #complaint(head: string): string | undefined {
    const { status, received, body } = this.#expected ?? {};
    if (status === undefined) return 'an answer that nobody asked for';
    if (Number(head.slice(9, 12)) !== status) return `not a ${status}`;
    const length = Number(field(head, 'content-length'));
    if (!Number.isSafeInteger(length) || (body && length !== body.length)) return 'another length';
    if (received && !(Number(field(head, 'x-amz-meta-received')) >= received))
      return `the store got less than ${received} bytes`;
    return undefined;
  }

  #take(bytes: Buffer): void {
    const { body } = this.#expected ?? {};
    const left = (this.#left ?? 0) - bytes.length;
    if (left < 0) {
      this.#end(new Error('more bytes than the answer has'));
      return;
    }
    const same = !body || body.compare(bytes, 0, bytes.length, this.#at, this.#at + bytes.length) === 0;
    this.#at += bytes.length;
    this.#left = left;
    if (!same) this.#end(new Error(`the body differs, before byte ${this.#at}`));
    else if (left === 0) this.#end();
  }

  #end(error?: Error): void {
    if (error) {
      this.#broken ??= error;
      this.#socket.destroy();
      this.#drained?.();
    }
    this.#expected = undefined;
    this.#left = undefined;
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }
}

/** The value of a header, undefined if there is none. */
function field(head: string, name: string): string | undefined {
  const lower = head.toLowerCase();
  const at = lower.indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const end = lower.indexOf('\r\n', at + 2);
  return head.slice(at + name.length + 3, end < 0 ? undefined : end).trim();
}
