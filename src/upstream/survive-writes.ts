import type { Socket } from 'node:net';

/** How long the answer of a store that takes no more bytes may still come, in milliseconds. */
const LAST_WORDS_MS = 1000;

/**
 * A store that refuses a body answers first and resets then. A failed write says only that it takes no more: what it
 * answered may be there to read, so the socket ends a while after the write that failed, unless it ends by itself.
 */
export function surviveWrites(socket: Socket): void {
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

function isWriteError(error: Error | undefined): boolean {
  return error !== undefined && 'syscall' in error && error.syscall === 'write';
}
