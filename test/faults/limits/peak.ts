import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 50;

/** The most descriptors and memory that a process has had, as far as a look now and then shows. */
export class Peak {
  descriptors = 0;
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Resident memory in MiB, as the system has kept account of it. */
  get memory(): number {
    return mebibytesIn(this.#pid, 'VmHWM');
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    try {
      this.descriptors = Math.max(this.descriptors, readdirSync(`/proc/${this.#pid}/fd`).length);
    } catch {
      // It has ended: who waits for it says so.
    }
  }
}

function mebibytesIn(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
}
