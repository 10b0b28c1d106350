import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, linkSync, lstatSync, rmSync, type Stats, unlinkSync } from 'node:fs';
import net, { type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { ListenerSettings } from './settings.ts';
import { systemdSocket } from './systemd-sockets.ts';

/** For somebody who listens at a unix socket to take a connection, in milliseconds. */
const PROBE_MS = 1000;

/**
 * Has a server listen where its listener is.
 * @param address what the host's name was resolved to
 * @returns to be called when the server is about to close: removes what others would find there
 * @throws the error of the system, in words for who wrote the config where its own say too little
 */
export async function openSocket(
  server: Server,
  { host, port, socket }: Pick<ListenerSettings, 'host' | 'port' | 'socket'>,
  address: string = host,
): Promise<() => void> {
  if (socket?.kind === 'unix') return await openUnix(server, socket);
  await once(
    server.listen(socket ? { fd: systemdSocket(socket.name) } : { port, host: address }),
    'listening',
  );
  return nothing;
}

function nothing(): void {}

type Unix = Extract<NonNullable<ListenerSettings['socket']>, { kind: 'unix' }>;

/**
 * libuv removes the path that a server was bound to when it closes, even if another program has made its own socket there. So it is
 * bound to a name of its own, which is gone once the path is a second one for the same socket.
 */
async function openUnix(server: Server, { path, mode }: Unix): Promise<() => void> {
  const own = ownName(path);
  try {
    await bind(server, { path: own, mode });
  } catch (error) {
    // libuv says EACCES then.
    if (!existsSync(dirname(path)))
      throw new Error(`${dirname(path)}, the folder of the socket, is not there; make it`, { cause: error });
    throw error;
  }
  const socket = lstatSync(own);
  try {
    await takePath(own, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    // A server that was closed has removed it.
    rmSync(own, { force: true });
  }
  return () => {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there && isSame(there, socket)) unlinkSync(path);
  };
}

/** Hidden, and not longer than the other: a path has its most bytes. */
function ownName(path: string): string {
  const random = randomBytes(16).toString('hex');
  return join(dirname(path), `.${random.slice(0, Math.max(4, basename(path).length - 1))}`);
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** A link is made only where there is nothing. */
async function takePath(own: string, path: string): Promise<void> {
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!lstatSync(path).isSocket())
      throw new Error(`${path} is something else than a socket; remove it, or choose another path`, {
        cause: error,
      });
    if (await isServed(path)) throw new Error(`another process listens at ${path}`, { cause: error });
    // What a process left that was killed.
    unlinkSync(path);
    linkSync(own, path);
  }
}

/** Node binds at once; so the socket has its mode before anybody can find it. */
async function bind(server: Server, { path, mode }: Pick<Unix, 'path' | 'mode'>): Promise<void> {
  const before = process.umask(0o777 & ~mode);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}

/** Only a refused connection says that nobody is there. */
async function isServed(path: string): Promise<boolean> {
  const probe = net.connect({ path, timeout: PROBE_MS });
  try {
    return await new Promise((resolve) => {
      probe.once('connect', () => resolve(true)).once('timeout', () => resolve(true));
      probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
    });
  } finally {
    probe.destroy();
  }
}
