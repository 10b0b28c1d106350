import { readFileSync } from 'node:fs';

/** Has the process ended? One that nobody has waited for yet has, too. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return process.platform === 'linux';
  }
}
