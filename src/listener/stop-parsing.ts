import type { Socket } from 'node:net';

/**
 * Has Node's parser take nothing more of a connection: what a read of the socket has brought already would otherwise be
 * handed over piece by piece, ten thousand of them for 64 KiB of tiny chunks. What comes later is read and dropped, so
 * that an answer on its way is not lost to a reset. The listener sees a client error `HPE_PAUSED` at each read.
 */
export function stopParsing(socket: Socket): void {
  (socket as { parser?: { pause(): void } | null }).parser?.pause();
}
