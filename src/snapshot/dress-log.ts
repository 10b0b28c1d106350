import { isatty } from 'node:tty';
import type { LogFormat, Logger } from '../log.ts';
import type { Snapshot } from './snapshot.ts';

const STDOUT = 1;

/** Has the log follow the config: its level, how lines look, and how many of them there are. */
export function dressLog(log: Logger, { logLevel, logFormat, logSample }: Snapshot): void {
  log.level = logLevel ?? log.level;
  log.dress(formatOf(logFormat), logSample);
}

function formatOf(format: Snapshot['logFormat']): LogFormat {
  if (format !== undefined && format !== 'auto') return format;
  return isatty(STDOUT) ? 'text' : 'json';
}
