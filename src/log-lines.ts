import type { LineBytes } from './line-bytes.ts';

const NEWLINE = 10;

/**
 * Lines that wait to be written, in one buffer of a fixed size: whatever their reader does, they take no more memory. It
 * is a ring in which no line is cut: what does not fit behind the last line begins again at the front.
 */
export class LogLines {
  readonly #bytes: Buffer;
  /** The older lines stand from here … */
  #from = 0;
  /** … to here, */
  #to = 0;
  /** and the newer ones from the front to here. */
  #front = 0;
  #begun = false;

  constructor(capacity: number) {
    // Not filled with zeros: the system gives memory to the pages that are written, and few are as long as all goes well.
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get size(): number {
    return this.#to - this.#from + this.#front;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** The same lines in a buffer of another size; undefined when they do not fit. */
  resized(capacity: number): LogLines | undefined {
    if (capacity < this.size) return undefined;
    const next = new LogLines(capacity);
    const older = this.#bytes.copy(next.#bytes, 0, this.#from, this.#to);
    next.#to = older + this.#bytes.copy(next.#bytes, older, 0, this.#front);
    next.#begun = this.#begun;
    return next;
  }

  /** Adds a line, with its line end, if there is room for all of it. */
  add(line: string | LineBytes): boolean {
    const text = typeof line === 'string';
    const at = this.#take(text ? Buffer.byteLength(line) : line.length);
    if (at === undefined) return false;
    if (text) this.#bytes.write(line, at);
    else line.copyTo(this.#bytes, at);
    return true;
  }

  /** Where so many bytes have their place from now on; undefined where there is none. */
  #take(length: number): number | undefined {
    const [to, front] = [this.#to, this.#front];
    if (front === 0 && length <= this.#bytes.length - to) {
      this.#to += length;
      return to;
    }
    if (length > this.#from - front) return undefined;
    this.#front += length;
    return front;
  }

  /** The first lines that are whole within `limit` bytes; a longer line by itself. They stay where they are until `written`. */
  first(limit: number): Buffer {
    const end = Math.min(this.#to, this.#from + limit);
    if (end === this.#to) return this.#bytes.subarray(this.#from, end);
    const last = this.#bytes.lastIndexOf(NEWLINE, end - 1);
    const whole = last >= this.#from ? last + 1 : this.#bytes.indexOf(NEWLINE, end) + 1;
    return this.#bytes.subarray(this.#from, whole);
  }

  /** So many of the first bytes are written. */
  written(count: number): void {
    if (count === 0) return;
    this.#from += count;
    this.#begun = this.#bytes[this.#from - 1] !== NEWLINE;
    if (this.#from === this.#to) this.#turn();
  }

  /**
   * Takes all lines out, unwritten. The rest of a line that is written in part stays, because it still makes the line
   * whole, unless `evenBegun` says that nobody has the beginning.
   * @returns how many lines will not be whole
   */
  drop({ evenBegun }: { readonly evenBegun: boolean }): number {
    const total =
      countLines(this.#bytes.subarray(this.#from, this.#to)) +
      countLines(this.#bytes.subarray(0, this.#front));
    const kept = this.#begun && !evenBegun;
    this.#front = 0;
    if (kept) {
      this.#to = this.#bytes.indexOf(NEWLINE, this.#from) + 1;
      return total - 1;
    }
    this.#from = this.#to = 0;
    this.#begun = false;
    return total;
  }

  /**
   * Takes out the rest of the line that is written in part, as nobody has its beginning.
   * @returns whether there was one
   */
  dropBegun(): boolean {
    if (!this.#begun) return false;
    this.#from = this.#bytes.indexOf(NEWLINE, this.#from) + 1;
    this.#begun = false;
    if (this.#from === this.#to) this.#turn();
    return true;
  }

  /** The older lines are all written: what began again at the front is next. */
  #turn(): void {
    this.#from = 0;
    this.#to = this.#front;
    this.#front = 0;
  }
}

function countLines(lines: Buffer): number {
  let found = 0;
  for (let at = lines.indexOf(NEWLINE); at !== -1; at = lines.indexOf(NEWLINE, at + 1)) found += 1;
  return found;
}
