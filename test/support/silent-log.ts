import { type Logger, makeLog } from '../../src/log.ts';

/** For tests that look at something else. */
export function silentLog(): Logger {
  return makeLog('silent', { write: () => {} });
}
