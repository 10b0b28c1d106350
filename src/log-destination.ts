import { writeFailure } from './files.ts';
import type { LineBytes } from './line-bytes.ts';
import type { LogFault, LogHealth } from './log-health.ts';
import { droppedLine } from './log-line.ts';
import { LogLines } from './log-lines.ts';
import type { LogOutput } from './log-output.ts';

/** Of lines that wait, in bytes. Until the config says another. */
export const LOG_BUFFER = 1024 * 1024;

/** How one log differs from the usual one. */
interface Kind {
  /** In messages about it. */
  readonly name?: string;
  /**
   * Keeps what waits while an output refuses or has no reader: only new lines are dropped. By default all of it goes at the
   * second refusal.
   */
  readonly keeps?: boolean;
  /** The line that stands where others are missing. */
  readonly told?: (count: number, cause: string) => string;
}

/** Milliseconds. */
const WAITS = {
  /** So long lines are gathered for one write: a write for each line costs more than all else that a line takes. */
  gathering: 5,
  /** After a refusal, such as a full disk. */
  refused: 1_000,
  /** While the reader takes nothing: doubles from the first to the second. */
  full: { first: 5, longest: 250 },
  /** So long nothing may be taken before `/readyz` tells: by a reader, or a disk that hangs. */
  pausing: 5_000,
  /** So long the end of the process waits for the log. */
  end: 1_000,
};

/**
 * A log that neither holds up nor fails who writes to it. Lines wait in a buffer of a fixed size, in order, and are
 * written a few milliseconds later, together. A line that finds no room is dropped, and with it all that follow until the
 * buffer is empty; then one line tells how many. An output that refuses is asked again each second. What waits is dropped
 * at the second refusal, or at once when the reader is gone. A line is written whole or dropped whole.
 */
export class LogDestination {
  readonly health: LogHealth = {
    dropped: () => this.#dropped,
    waiting: () => this.#lines.size,
    capacity: () => this.#capacity,
    trouble: () => this.#trouble(),
    wrong: () => this.#wrong(),
  };
  readonly #output: LogOutput;
  #lines: LogLines;
  #capacity: number;
  readonly #dress: ((line: string) => string) | undefined;
  readonly #kind: Required<Kind>;
  #dropped = 0;
  /** Dropped, and no line tells of them yet. */
  #untold = 0;
  /** How many the first line that waits tells of. */
  #telling = 0;
  /** Why the last one was dropped. */
  #cause = '';
  #refusal: NodeJS.ErrnoException | undefined;
  /** Since when lines wait and none is taken. */
  #idleSince: number | undefined;
  #pause = WAITS.full.first;
  /** Of the bytes that wait, how many another thread is writing. */
  #inThread = 0;
  #writing: Promise<void> | undefined;
  #wake: () => void = () => {};
  #gathering: NodeJS.Timeout | undefined;
  #gathered: () => void = () => {};
  #state: 'open' | 'ending' | 'ended' = 'open';

  /**
   * @param capacity in bytes; its own line has to fit
   * @param dress makes what is written of each line
   */
  constructor(
    output: LogOutput,
    capacity = LOG_BUFFER,
    dress?: (line: string) => string,
    { name = 'the log', keeps = false, told = droppedLine }: Kind = {},
  ) {
    this.#kind = { name, keeps, told };
    this.#output = output;
    this.#capacity = capacity;
    this.#dress = dress;
    this.#lines = new LogLines(capacity);
    process.on('exit', this.#atExit);
  }

  /** Takes a line with its line end. */
  write(line: string): void {
    this.#take(line);
  }

  /** The same in bytes, which may change afterwards. */
  writeBytes(line: LineBytes): void {
    this.#take(line);
  }

  #take(line: string | LineBytes): void {
    if (this.#untold > 0 || !this.#lines.add(this.#dressed(line))) this.#drop(1);
    this.#writing ??= this.#writeAll();
    if (!this.#isLittle()) this.#enough();
  }

  /** Is it worth while to wait for more before it is written? Not at the end. */
  #isLittle(): boolean {
    const { size } = this.#lines;
    return this.#state === 'open' && size > 0 && size < Math.min(this.#output.piece, this.#capacity / 2);
  }

  #dressed(line: string | LineBytes): string | LineBytes {
    return this.#dress ? this.#dress(String(line)) : line;
  }

  /** So many bytes may wait from now on; if more of them wait, once enough of them is written. */
  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#fit();
  }

  #fit(): void {
    if (this.#lines.capacity !== this.#capacity)
      this.#lines = this.#lines.resized(this.#capacity) ?? this.#lines;
  }

  /** Waits until all is written, for one second at most. Is it? */
  async settled(): Promise<boolean> {
    const settled = new AbortController();
    await Promise.race([this.#writing, sleep(WAITS.end, settled.signal)]);
    settled.abort();
    return this.#lines.size === 0 && this.#untold === 0;
  }

  /**
   * Waits until all is written: one second at most, and not at all for an output that refuses.
   * @returns why something is not
   */
  async end(): Promise<Error | undefined> {
    this.#state = 'ending';
    this.#pause = WAITS.full.first;
    this.#wake();
    this.#enough();
    const written = await this.settled();
    this.#state = 'ended';
    process.off('exit', this.#atExit);
    return written ? undefined : (this.#refusal ?? new Error(this.#reason()));
  }

  /** Ends when nothing waits. */
  async #writeAll(): Promise<void> {
    await this.#gather();
    for (;;) {
      if (this.#lines.size === 0 && this.#untold > 0) this.#tell();
      if (this.#lines.size === 0 || this.#state === 'ended') break;
      const pause = await this.#writeSome();
      if (this.#refusal && this.#state !== 'open') break;
      if (pause > 0) await this.#sleep(pause);
      // While another thread wrote, a line or two came.
      else if (this.#isLittle()) await this.#gather();
    }
    this.#writing = undefined;
  }

  /** Until there is enough for one write, and then not on the way of who logs; or the time is over. */
  #gather(): Promise<void> {
    return new Promise((resolve) => {
      this.#gathered = resolve;
      this.#gathering = setTimeout(() => {
        this.#gathering = undefined;
        resolve();
      }, WAITS.gathering);
    });
  }

  /** Ends the gathering. */
  #enough(): void {
    if (!this.#gathering) return;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    setImmediate(this.#gathered);
  }

  /** @returns how long to wait for the next try, in milliseconds */
  async #writeSome(): Promise<number> {
    const bytes = this.#lines.first(this.#output.piece);
    this.#inThread = bytes.length;
    this.#idleSince ??= performance.now();
    try {
      const count = await this.#output.write(bytes);
      if (count === 0) return this.#full();
      this.#lines.written(count);
      this.#fit();
      this.#telling = 0;
      this.#refusal = this.#idleSince = undefined;
      this.#pause = WAITS.full.first;
      return 0;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'EAGAIN' ? this.#full() : this.#refused(error as NodeJS.ErrnoException);
    } finally {
      this.#inThread = 0;
    }
  }

  #full(): number {
    this.#refusal = undefined;
    this.#pause = Math.min(2 * this.#pause, WAITS.full.longest);
    return this.#pause;
  }

  #refused(error: NodeJS.ErrnoException): number {
    const again = this.#refusal !== undefined;
    this.#refusal = error;
    const gone = error.code === 'EPIPE';
    if (this.#kind.keeps) {
      // Another reader of a named pipe may come: it gets what waits, and no half line.
      if (gone && this.#lines.dropBegun()) this.#drop(1);
    } else if (again || gone) this.#giveUp(error);
    return WAITS.refused;
  }

  async #sleep(milliseconds: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(milliseconds, woken.signal, { ref: false });
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#untold += count;
    this.#cause = this.#reason();
  }

  /** The line that tells was never logged by anybody: what it told of goes to the next such line. */
  #giveUp({ code }: NodeJS.ErrnoException): void {
    // The one who has the beginning of a line is gone with its reader; a file gets its rest when there is room again.
    const lost = this.#lines.drop({ evenBegun: code === 'EPIPE' });
    this.#drop(this.#telling > 0 ? lost - 1 : lost);
    this.#untold += this.#telling;
    this.#telling = 0;
  }

  #tell(): void {
    this.#telling = this.#untold;
    this.#untold = 0;
    this.#lines.add(this.#dressed(this.#kind.told(this.#telling, this.#cause)));
  }

  #trouble(): string | undefined {
    const wrong = this.#wrong();
    if (!wrong) return undefined;
    const { cause, lost } = wrong;
    return `${this.#kind.name} can't be written: ${cause}${lost > 0 ? `; lines dropped: ${lost}` : ''}`;
  }

  #wrong(): LogFault | undefined {
    if (!this.#refusal && this.#untold === 0 && !this.#isStuck()) return undefined;
    const cause = this.#refusal || this.#isStuck() ? this.#reason() : this.#cause;
    return { cause, lost: this.#untold + this.#telling };
  }

  #reason(): string {
    if (this.#refusal?.code === 'EPIPE') return 'its reader is gone';
    if (this.#refusal) return writeFailure(this.#refusal);
    return this.#isStuck() ? 'nothing was taken for 5 seconds' : 'its reader is too slow';
  }

  #isStuck(): boolean {
    return this.#idleSince !== undefined && performance.now() - this.#idleSince > WAITS.pausing;
  }

  /** After process.exit() or an error that nobody caught: what waits is written now or never. */
  #atExit = (): void => {
    this.#lines.written(this.#inThread);
    try {
      while (this.#lines.size > 0) {
        const count = this.#output.writeLast(this.#lines.first(this.#output.piece));
        if (count === 0) break;
        this.#lines.written(count);
      }
    } catch {
      // Nobody is left to be told.
    }
  };
}

/** Ends early, and without an error, when the signal says so. */
function sleep(milliseconds: number, signal: AbortSignal, { ref = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    if (!ref) timer.unref();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
