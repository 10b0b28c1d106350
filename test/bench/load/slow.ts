import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import { bytesOf, type Call } from './call.ts';
import { someAtOnce } from './some-at-once.ts';

const TO_BEGIN_MS = 60_000;
/** A client reads a piece, of at most one TLS record, and then nothing for so long. */
const REST_MS = 500;

/** Connections that are opened and used for nothing. @throws when one is refused */
export function idle(ground: Ground, { port }: Contestant, count: number): Promise<TLSSocket[]> {
  return someAtOnce(count, async () => {
    const socket = connect({ port, host: '127.0.0.1', ca: ground.certificates.ca });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    return socket;
  });
}

/**
 * Downloads by clients that read slowly. When all have begun they go on for so many seconds.
 * @throws when one of them is not answered with 200, does not begin in time, or ends
 */
export async function slowDownloads(
  ground: Ground,
  contestant: Contestant,
  call: Call,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<void> {
  const request = await bytesOf(call, contestant, new Date());
  const sockets: TLSSocket[] = [];
  try {
    await someAtOnce(count, async () => {
      const [socket] = (await idle(ground, contestant, 1)) as [TLSSocket];
      sockets.push(socket);
      socket.write(request);
      const [first] = (await once(socket, 'data', { signal: AbortSignal.timeout(TO_BEGIN_MS) })) as [Buffer];
      const status = first.toString('latin1', 9, 12);
      if (status !== '200') throw new Error(`${contestant.name} answers ${first.toString('latin1', 0, 600)}`);
      readSlowly(socket);
    });
    await pause(seconds * 1000);
    const lost = sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length;
    if (lost > 0) throw new Error(`${lost} of ${count} downloads ended`);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function readSlowly(socket: TLSSocket): void {
  socket.pause();
  socket.on('data', () => {
    socket.pause();
    setTimeout(() => socket.resume(), REST_MS);
  });
  setTimeout(() => socket.resume(), REST_MS);
}
