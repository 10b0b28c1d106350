import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';

/** Where the bytes of a log go. */
export interface LogOutput {
  /**
   * Writes some of these bytes, never waiting on the thread that serves; says how many.
   * @throws Error with a `code`; EAGAIN when nothing can be taken at the moment
   */
  write(bytes: Buffer): number | Promise<number>;
  /** The same before the process ends, when nothing else can be done. A file may take its time. */
  writeLast(bytes: Buffer): number;
  /** How much should be written at once, in bytes. */
  readonly piece: number;
}

/** Linux's PIPE_BUF: what is no longer goes into a pipe whole or not at all, even if others write to it. */
const PIPE_PIECE = 4096;

/** A file takes anything; the thread that writes is needed for other work too. */
const FILE_PIECE = 64 * 1024;

/**
 * A file descriptor without its waits. One that has a reader is used non-blocking. A write to a file has no such thing:
 * another thread does it.
 */
export function logOutput(fd: number): LogOutput {
  const status = fstatSync(fd);
  const read = status.isFIFO() || status.isSocket() || status.isCharacterDevice();
  const open = read ? unblocked(fd, status.isFIFO() || status.isSocket()) : undefined;
  if (open === undefined) {
    return {
      write: (bytes) => inThread(fd, bytes),
      writeLast: (bytes) => writeSync(fd, bytes),
      piece: FILE_PIECE,
    };
  }
  const now = (bytes: Buffer): number => writeSync(open, bytes);
  return { write: now, writeLast: now, piece: PIPE_PIECE };
}

function inThread(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

/** A non-blocking descriptor of the same thing; undefined when there is none. It is open as long as the process lives. */
function unblocked(fd: number, duplex: boolean): number | undefined {
  try {
    // Opened once more: the flag belongs to what was opened, which other processes may share.
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // A socket, a pipe of another user, a pipe whose reader is gone, or no /proc. Node sets the flag on a standard stream
    // that is a pipe or a socket when it is first looked at, and takes it back when the process ends.
    if (!duplex) return undefined;
    const stream = fd === 1 ? process.stdout : fd === 2 ? process.stderr : undefined;
    return stream && fd;
  }
}
