import { once } from 'node:events';
import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import net, { type Server } from 'node:net';
import { dirname } from 'node:path';
import type { ListenerSettings } from './settings.ts';
import { systemdSocket } from './systemd-sockets.ts';

/** For somebody who listens at a unix socket to take a connection, in milliseconds. */
const PROBE_MS = 1000;

/**
 * Has a server listen where its listener is.
 * @param address what the host's name was resolved to
 * @throws the error of the system, in words for who wrote the config where its own say too little
 */
export async function openSocket(
  server: Server,
  { host, port, socket }: Pick<ListenerSettings, 'host' | 'port' | 'socket'>,
  address: string = host,
): Promise<void> {
  if (socket === undefined) await once(server.listen(port, address), 'listening');
  else if (socket.kind === 'systemd')
    await once(server.listen({ fd: systemdSocket(socket.name) }), 'listening');
  else await openUnix(server, socket);
}

type Unix = Extract<NonNullable<ListenerSettings['socket']>, { kind: 'unix' }>;

async function openUnix(server: Server, unix: Unix): Promise<void> {
  try {
    await bind(server, unix);
  } catch (error) {
    const { path } = unix;
    const { code } = error as NodeJS.ErrnoException;
    // libuv says EACCES then.
    if (!existsSync(dirname(path)))
      throw new Error(`${dirname(path)}, the folder of the socket, is not there; make it`, { cause: error });
    if (code !== 'EADDRINUSE') throw error;
    if (!lstatSync(path).isSocket())
      throw new Error(`${path} is something else than a socket; remove it, or choose another path`, {
        cause: error,
      });
    if (await isServed(path)) throw new Error(`another process listens at ${path}`, { cause: error });
    // What a process left that was killed.
    unlinkSync(path);
    await bind(server, unix);
  }
}

/** Node binds at once; so the socket has its mode before anybody can find it. */
async function bind(server: Server, { path, mode }: Unix): Promise<void> {
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
