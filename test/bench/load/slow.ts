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

/** Connections that are opened and used for nothing yet. @throws when one is refused */
export function idle(ground: Ground, { port }: Contestant, count: number): Promise<TLSSocket[]> {
  return someAtOnce(count, async () => {
    const socket = connect({ port, host: '127.0.0.1', ca: ground.certificates.ca });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    return socket;
  });
}

/** One whole exchange on each of them, some at once. @throws when one is not answered with 200, or in time */
export async function exchangeOnEach(
  contestant: Contestant,
  sockets: readonly TLSSocket[],
  call: Call,
): Promise<void> {
  const request = await bytesOf(call, contestant, new Date());
  const left = [...sockets];
  await someAtOnce(sockets.length, async () => {
    const socket = left.pop();
    if (socket) statusIs200(contestant, await answerOn(socket, request));
  });
}

/** The first bytes of an answer. The rest of a small one comes with them. */
async function answerOn(socket: TLSSocket, request: Buffer): Promise<Buffer> {
  socket.write(request);
  const [first] = (await once(socket, 'data', { signal: AbortSignal.timeout(TO_BEGIN_MS) })) as [Buffer];
  return first;
}

function statusIs200({ name }: Contestant, first: Buffer): void {
  if (first.toString('latin1', 9, 12) !== '200')
    throw new Error(`${name} answers ${first.toString('latin1', 0, 600)}`);
}

/**
 * Downloads by clients that read slowly. When all have begun they go on for so many seconds.
 * @param settled called at the end of these seconds
 * @throws when one of them is not answered with 200, does not begin in time, or ends
 */
export async function slowDownloads(
  ground: Ground,
  contestant: Contestant,
  call: Call,
  { count, seconds }: { readonly count: number; readonly seconds: number },
  settled: () => void = () => undefined,
): Promise<void> {
  const request = await bytesOf(call, contestant, new Date());
  const sockets: TLSSocket[] = [];
  try {
    await someAtOnce(count, async () => {
      const [socket] = (await idle(ground, contestant, 1)) as [TLSSocket];
      sockets.push(socket);
      statusIs200(contestant, await answerOn(socket, request));
      readSlowly(socket);
    });
    await pause(seconds * 1000);
    settled();
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
