import type { ListenerSettings } from './settings.ts';

/** "The first one may be found at file descriptor number 3": https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html */
const FIRST = 3;
/** More than a unit has. */
const MOST = 64;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The file descriptor of a socket that systemd has opened for this process.
 * @param name its FileDescriptorName; by default, systemd takes the name of the socket unit
 * @throws Error that says what systemd has passed instead
 */
export function systemdSocket(
  name: string,
  { LISTEN_PID: pid, LISTEN_FDS: fds = '', LISTEN_FDNAMES: text = '' }: Environment = process.env,
  own: number = process.pid,
): number {
  const count = /^\d{1,3}$/.test(fds) ? Number(fds) : 0;
  if (pid !== String(own) || count === 0 || count > MOST)
    throw new Error(
      `systemd has passed no sockets to this process, and the listener systemd:${name} needs one; start it by a socket unit`,
    );
  const names = text.split(':', count);
  const found = names.flatMap((one, at) => (one === name ? [FIRST + at] : []));
  const [fd] = found;
  if (fd === undefined)
    throw new Error(
      `systemd has passed no socket with the name ${name}, but ${names.map((one) => (one === '' ? UNNAMED : one)).join(', ')}; set FileDescriptorName=${name} in the socket unit`,
    );
  if (found.length > 1)
    throw new Error(
      `systemd has passed ${found.length} sockets with the name ${name}; give each a socket unit and a name of its own`,
    );
  return fd;
}

/**
 * The names of sockets that systemd has passed and that no listener uses: who connects there waits for nobody.
 */
export function unusedSockets(
  listeners: readonly Pick<ListenerSettings, 'socket'>[],
  { LISTEN_PID: pid, LISTEN_FDS: fds = '', LISTEN_FDNAMES: text = '' }: Environment = process.env,
  own: number = process.pid,
): readonly string[] {
  if (pid !== String(own) || !/^\d{1,2}$/.test(fds)) return [];
  const names = text.split(':', Number(fds));
  const used = listeners.flatMap(({ socket }) => (socket?.kind === 'systemd' ? [socket.name] : []));
  return names.filter((name) => !used.includes(name)).map((name) => (name === '' ? UNNAMED : name));
}

const UNNAMED = 'one without a name';
