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
  const failed = (cause: string): void => log.warn({ cause }, `systemd was not told: ${state}`);
  try {
    tell(state, { NOTIFY_SOCKET, ...(PATH === undefined ? {} : { PATH }) }, failed);
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
  }
}

/** @throws the error of a system that has no room for another process */
function tell(state: keyof typeof STATES, env: NodeJS.ProcessEnv, failed: (cause: string) => void): void {
  const child = spawn('systemd-notify', ['--no-block', ...STATES[state]], {
    stdio: 'ignore',
    env,
    timeout: MOST_MS,
  });
  child.once('error', ({ message }) => failed(message));
  child.once('exit', (code, signal) => {
    if (code !== 0) failed(`systemd-notify ended with ${signal ?? `exit code ${code}`}`);
  });
}
