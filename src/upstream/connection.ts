import type { Socket } from 'node:net';
import { Deadline } from './deadline.ts';
import type { UpstreamError } from './upstream-error.ts';

const BUFFER_BYTES = 64 * 1024;

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
  /** It takes little memory, and each byte costs more: see `lean.ts`. */
  readonly lean: boolean;

  constructor(lane: string, lean = false) {
    this.lane = lane;
    this.lean = lean;
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

  /** Bytes that came, for who makes no use of `onread`. They may be used again when it returns. */
  take(bytes: Buffer): void {
    if (this.user) this.user.onBytes(bytes);
    // What would be taken for the next answer belongs to no request.
    else this.socket.destroy();
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
