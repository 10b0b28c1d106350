import type { Socket } from 'node:net';
import { Deadline } from './deadline.ts';
import type { UpstreamError } from './upstream-error.ts';

const BUFFER_BYTES = 64 * 1024;

/** How long the answer of a store that takes no more bytes may still come, in milliseconds. */
const LAST_WORDS_MS = 1000;

/**
 * All connections read into one buffer. What reads copies what it needs at once, so a buffer for each read would only be
 * garbage; on slow connections this garbage gets into the old generation, where tens of MiB accumulate before they are
 * collected.
 */
const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/** Who reads from a connection, while a request is under way on it. */
export interface ConnectionUser {
  /** Must be finished with the memory when it returns. */
  onBytes(bytes: Buffer): void;
  /** The store ended its side. */
  onEnd(): void;
  onClose(): void;
}

/** Whose wait it is. */
export interface Waiting {
  late(connection: Connection): void;
}

/** One connection to a store. At any time at most one request is under way on it. */
export class Connection {
  /** Set when it is open. */
  socket!: Socket;
  /** Where it leads: only requests to the same place may use it. */
  readonly lane: string;
  /** When it became idle, by `performance.now()`. */
  idleSince = 0;
  /**
   * All that had arrived on it was read just before it was handed out, so a request may begin at once: who got it may not wait
   * for anything before.
   */
  quiet = false;
  /** One wait at a time: that of the request which is under way, or that of an idle connection for the next one. */
  readonly deadline = new Deadline(() => this.waits?.late(this));
  waits: Waiting | undefined;
  /** Without one, listeners of the socket read. */
  user: ConnectionUser | undefined;

  constructor(lane: string) {
    this.lane = lane;
  }

  /** What `net.connect` and `tls.connect` take for reading. */
  get onread(): { buffer: Uint8Array; callback: (bytes: number) => boolean } {
    return {
      buffer: shared,
      callback: (bytes) => {
        this.#read(bytes);
        return true;
      },
    };
  }

  /** Tells its user what happens, for as long as it is open: no request needs listeners of its own. */
  watch(): void {
    this.socket
      .on('end', () => this.user?.onEnd())
      // While nobody reads, the store is not waited for: the time for its next bytes begins when somebody does again.
      .on('resume', () => this.deadline.moved())
      .on('close', () => {
        this.deadline.end();
        this.user?.onClose();
      });
  }

  /** May a request begin on it? */
  get usable(): boolean {
    const { socket } = this;
    return socket.writable && !socket.destroyed && !socket.readableEnded && socket.errored === null;
  }

  /** @param error goes to the request that is under way */
  destroy(error?: UpstreamError): void {
    this.socket.destroy(error);
  }

  /**
   * A store that refuses a body answers first and resets then. A failed write says only that it takes no more: what it
   * answered may be there to read, so the connection ends a while after the write that failed, unless it ends by itself.
   */
  surviveWrites(): void {
    const { socket } = this;
    const destroy = socket.destroy.bind(socket);
    let last: NodeJS.Timeout | undefined;
    socket.destroy = (error?: Error): Socket => {
      if (isWriteError(error) && !socket.readableEnded) {
        last ??= setTimeout(() => destroy(error), LAST_WORDS_MS);
        return socket;
      }
      clearTimeout(last);
      return destroy(error);
    };
  }

  #read(bytes: number): void {
    const { socket } = this;
    if (this.user) {
      this.user.onBytes(shared.subarray(0, bytes));
      return;
    }
    // Nobody asked: what would be taken for the next answer belongs to no request.
    if (socket.listenerCount('data') === 0) socket.destroy();
    // Every listener must be finished with the buffer when `emit` returns: the parser is.
    else socket.emit('data', shared.subarray(0, bytes));
  }
}

function isWriteError(error: Error | undefined): boolean {
  return error !== undefined && 'syscall' in error && error.syscall === 'write';
}
