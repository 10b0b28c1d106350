import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import { bytesOf, type Call } from './call.ts';

/** So many handshakes at once: more would only wait for each other. */
const AT_ONCE = 32;
/** A client reads a piece, of at most one TLS record, and then nothing for so long. */
const REST_MS = 500;

/** Connections that are opened and used for nothing. @throws when one is refused */
export async function idle(ground: Ground, contestant: Contestant, count: number): Promise<TLSSocket[]> {
  const sockets: TLSSocket[] = [];
  const open = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = connect({ port: contestant.port, host: '127.0.0.1', ca: ground.certificates.ca });
      sockets.push(socket);
      await once(socket, 'secureConnect');
      socket.on('error', () => undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  return sockets;
}

/**
 * Downloads by clients that read slowly, for so many seconds.
 * @throws when one of them is not answered with 200, or ends
 */
export async function slowDownloads(
  ground: Ground,
  contestant: Contestant,
  call: Call,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<void> {
  const sockets = await idle(ground, contestant, count);
  const request = await bytesOf(call, contestant, new Date());
  const got = new Map<TLSSocket, number>();
  let refusal = '';
  try {
    for (const socket of sockets) {
      socket.on('data', (bytes: Buffer) => {
        const first = !got.has(socket);
        got.set(socket, (got.get(socket) ?? 0) + bytes.length);
        if (first && bytes.toString('latin1', 9, 12) !== '200') {
          refusal = bytes.toString('latin1', 0, 600);
          socket.destroy();
        }
        socket.pause();
        setTimeout(() => socket.resume(), REST_MS);
      });
      socket.write(request);
    }
    await pause(seconds * 1000);
    const lost = sockets.filter((socket) => socket.destroyed || (got.get(socket) ?? 0) < 1024).length;
    if (lost > 0) throw new Error(`${lost} of ${count} downloads did not go on: ${refusal}`);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
