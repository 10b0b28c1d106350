import type { Socket } from 'node:net';

interface Parser {
  remove(): void;
}

/**
 * Takes nothing more of what a connection brings, for one that ends with its answer. To stop the socket is not enough: of
 * a read that has come already Node's parser goes on to hand over piece after piece, ten thousand of them for 64 KiB of
 * tiny chunks or requests. A parser that was removed drops them.
 *
 * That is not documented. Where `remove` does less, it costs the time of that one read, and nothing else;
 * test/listener/small-chunks.test.ts sees it.
 */
export function stopTaking({ socket }: { readonly socket: Socket }): void {
  (socket as { parser?: Parser | null }).parser?.remove();
  // Behind the ticks of this piece, one of which may start the socket again.
  setImmediate(() => socket.pause());
}
