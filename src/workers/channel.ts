import type { Socket } from 'node:net';

/** The end of a channel between two processes: `process` in a child, a ChildProcess in its parent. */
export interface Port {
  send?(message: object, socket?: Socket, options?: object, sent?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown, socket: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
  readonly connected: boolean;
}

/** What one end may call at the other: one argument, and an answer that is an object, or nothing. */
type Call = (argument: never, socket?: Socket) => object | undefined | Promise<object | undefined>;

export type Calls<T> = { readonly [K in keyof T]: Call };
type ArgumentOf<C> = C extends (argument: infer A, socket?: Socket) => unknown ? A : never;
type AnswerOf<C> = C extends (...given: never[]) => infer R ? Awaited<R> : never;

interface Asking {
  readonly call: string;
  readonly argument: unknown;
  /** Set where an answer is waited for. */
  readonly id?: number;
}

interface Answering {
  readonly answerTo: number;
  readonly answer: object | undefined;
}

/** For what is done at once, in milliseconds. */
const SOON_MS = 1000;

/** Calls from one process to another, over the channel that Node opens to a child. Both ends run the same program. */
export class Channel<Remote extends Calls<Remote>> {
  readonly #port: Port;
  readonly #waiting = new Map<number, (answer: object | undefined) => void>();
  #last = 0;

  constructor(port: Port, local: Calls<unknown> & object) {
    this.#port = port;
    port.on('message', (message, socket) => void this.#take(message, socket as Socket | undefined, local));
    port.once('disconnect', () => {
      for (const answer of this.#waiting.values()) answer(undefined);
    });
  }

  /** Calls, and waits for no answer. A socket is the other's from now on; if it is gone, the socket is closed. */
  tell<K extends keyof Remote & string>(call: K, argument: ArgumentOf<Remote[K]>, socket?: Socket): void {
    this.#send({ call, argument }, socket);
  }

  /**
   * Calls, and waits for the answer.
   * @param most in milliseconds
   * @returns undefined when there is none in time, the other process is gone, or it failed there
   */
  async ask<K extends keyof Remote & string>(
    call: K,
    argument: ArgumentOf<Remote[K]>,
    most = SOON_MS,
  ): Promise<AnswerOf<Remote[K]> | undefined> {
    if (!this.#port.connected) return undefined;
    this.#last += 1;
    const id = this.#last;
    const answer = await new Promise<object | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), most);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      this.#send({ call, argument, id });
    });
    this.#waiting.delete(id);
    return answer as AnswerOf<Remote[K]> | undefined;
  }

  async #take(message: unknown, socket: Socket | undefined, local: object): Promise<void> {
    const given = message as Asking | Answering;
    if ('answerTo' in given) {
      this.#waiting.get(given.answerTo)?.(given.answer);
      return;
    }
    const answer = await answerOf((local as Record<string, Call | undefined>)[given.call], given, socket);
    if (given.id !== undefined) this.#send({ answerTo: given.id, answer });
  }

  #send(message: Asking | Answering, socket?: Socket): void {
    // Without a callback, a channel that is closed would be an error that nobody catches.
    if (this.#port.connected) this.#port.send?.(message, socket, {}, (error) => error && socket?.destroy());
    else socket?.destroy();
  }
}

/** A call that fails has no answer: it must not end a process that serves. */
async function answerOf(
  call: Call | undefined,
  { argument }: Asking,
  socket: Socket | undefined,
): Promise<object | undefined> {
  try {
    return await call?.(argument as never, socket);
  } catch {
    return undefined;
  }
}
