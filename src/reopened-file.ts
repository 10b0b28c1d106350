import { closeSync, fstatSync, openSync } from 'node:fs';
import { type LogOutput, logOutput } from './log-output.ts';

/** Its group reads it, as log shippers do; nobody else. */
const MODE = 0o640;
const NEWLINE = 10;

/** A file to append to that is opened again by its name when it was renamed, between two lines. */
export class ReopenedFile implements LogOutput {
  readonly piece: number;
  readonly #path: string;
  #file: { readonly fd: number; readonly output: LogOutput };
  #next: { readonly fd: number; readonly output: LogOutput } | undefined;
  #writing = false;
  /** Has the file a line in part? Its rest goes behind it. */
  #begun = false;

  /** @throws Error with a `code` when it can't be opened */
  constructor(path: string) {
    this.#path = path;
    this.#file = opened(path);
    this.piece = this.#file.output.piece;
  }

  /** What is written from the next line on goes to the file of that name. @throws Error with a `code`; the old one is kept then */
  reopen(): void {
    const next = opened(this.#path);
    if (this.#next) close(this.#next.fd);
    this.#next = next;
    this.#turn();
  }

  async write(bytes: Buffer): Promise<number> {
    this.#turn();
    this.#writing = true;
    try {
      return this.#wrote(bytes, await this.#file.output.write(bytes));
    } finally {
      this.#writing = false;
      this.#turn();
    }
  }

  writeLast(bytes: Buffer): number {
    return this.#wrote(bytes, this.#file.output.writeLast(bytes));
  }

  /** Has the file that is written to no name any more? */
  isRemoved(): boolean {
    try {
      return fstatSync(this.#file.fd).nlink === 0;
    } catch {
      return true;
    }
  }

  close(): void {
    for (const file of [this.#next, this.#file]) if (file) close(file.fd);
    this.#next = undefined;
  }

  #wrote(bytes: Buffer, count: number): number {
    if (count > 0) this.#begun = bytes[count - 1] !== NEWLINE;
    return count;
  }

  #turn(): void {
    if (!this.#next || this.#writing || this.#begun) return;
    const before = this.#file;
    this.#file = this.#next;
    this.#next = undefined;
    close(before.fd);
  }
}

/** Closed it is in any case: what a full share tells only then can't be written again, and must not keep the next file away. */
function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // See above.
  }
}

function opened(path: string): { readonly fd: number; readonly output: LogOutput } {
  const fd = openSync(path, 'a', MODE);
  return { fd, output: logOutput(fd) };
}
