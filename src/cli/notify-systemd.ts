import { spawn } from 'node:child_process';
import type { Logger } from '../log.ts';

/** For the program that tells systemd, in milliseconds. */
const MOST_MS = 5000;

const STATES = { ready: ['--ready'], stopping: ['STOPPING=1'] } as const;

/**
 * Tells systemd that the proxy serves, or ends, where it wants to know: in a unit with `Type=notify`. By its own program,
 * as Node has no datagram sockets of that kind. Nobody waits for it.
 */
export function notifySystemd(state: keyof typeof STATES, log: Pick<Logger, 'warn'>): void {
  const { NOTIFY_SOCKET, PATH } = process.env;
  if (!NOTIFY_SOCKET) return;
  const child = spawn('systemd-notify', ['--no-block', ...STATES[state]], {
    stdio: 'ignore',
    env: { NOTIFY_SOCKET, ...(PATH === undefined ? {} : { PATH }) },
    timeout: MOST_MS,
  });
  const failed = (cause: string): void => log.warn({ cause }, `systemd was not told: ${state}`);
  child.once('error', ({ message }) => failed(message));
  child.once('exit', (code, signal) => {
    if (code !== 0) failed(`systemd-notify ended with ${signal ?? `exit code ${code}`}`);
  });
}
