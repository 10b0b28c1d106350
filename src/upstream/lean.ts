import net, { type Socket } from 'node:net';
import type { Connection } from './connection.ts';
import { letGo } from './let-go.ts';
import { RecordReader } from './record-reader.ts';

/**
 * What TLS reads by itself goes into 64 KiB of its own, which a store fills sooner than a slow client takes it, and which stay
 * for as long as the connection. So TLS of a lean one stands on a socket that reads a record at a time, into memory that
 * all share.
 *
 * @returns one that is not connected yet: TLS on one that is would read in Node's own way, past what is here
 */
export function recordSocket(): Socket {
  const records = new RecordReader();
  const emit = (bytes: Buffer): void => void socket.emit('data', bytes);
  const socket: Socket = new net.Socket({
    onread: {
      buffer: () => records.buffer,
      callback: (count) => {
        records.take(count, emit);
        return true;
      },
    },
  });
  return socket;
}

/** Reads what comes over TLS for a connection, and stops below as soon as it is stopped. */
export function readOver(below: Socket, connection: Connection): void {
  const { socket } = connection;
  below.on('error', (error) => socket.destroy(error));
  socket
    .on('data', (bytes: Buffer) => {
      connection.take(bytes);
      letGo(bytes);
    })
    // TLS alone would read on until its own buffer is full.
    .on('pause', () => below.pause())
    // It may have been paused again before this was told.
    .on('resume', () => {
      if (!socket.isPaused()) below.resume();
    })
    .once('close', () => below.destroy());
}
