import { writeFailure } from './files.ts';
import { LineBytes } from './line-bytes.ts';
import { LogDestination } from './log-destination.ts';
import type { LogFault, LogHealth } from './log-health.ts';
import { addFields, addTime, printed, type RequestFields, timeNow } from './log-line.ts';
import { logOutput } from './log-output.ts';
import { ReopenedFile } from './reopened-file.ts';

export interface AuditSettings {
  /** An absolute path, or `stdout`. */
  readonly to: string;
  /** What happens to requests while it can't be written. */
  readonly onFailure: 'refuse' | 'serve';
  /** Bytes of lines that may wait. */
  readonly buffer: number;
}

/** What is administered, beside requests. */
type AuditEvent =
  | 'opened'
  | 'started'
  | 'reloaded'
  | 'reload refused'
  | 'bucket distrusted'
  | 'bucket probed'
  | 'reopened'
  | 'admin request'
  | 'admin request refused'
  | 'draining'
  | 'stopped';

/** Who did what, with which key, and how it ended. */
const OF_REQUESTS = printed([
  'id',
  'client',
  'claimed',
  'remote',
  'method',
  'op',
  'bucket',
  'objectKey',
  'path',
  'status',
  'outcome',
  'code',
  'cause',
  'rule',
  'upstream',
  'ssecKeyId',
  'plain',
  'bytesIn',
  'bytesOut',
  'upstreamRequestId',
  'tls',
  'userAgent',
]);

/** The cause of a request that was refused because nothing could be written of it. */
export const UNAUDITED = "the audit log can't be written, and audit.onFailure: refuse";

const STDOUT = 1;

/** Lines of requests are made one at a time. */
const LINE = new LineBytes();
const END = ',"msg":"audit"}\n';

interface Unopened {
  readonly cause: string;
  readonly again: NodeJS.Timeout;
}

/** In milliseconds. */
const AGAIN_MS = 1000;
const KEPT = 'lines go on to the file that was open before';
const REMOVED = 'lines go to a file that was removed, and are lost';

/**
 * Lines of JSON that say who did what: each request at its end, and what was administered. Each has the next number of this
 * process, so that a gap shows what is missing. Nothing is left out of it on purpose; what finds no room is counted.
 */
export class AuditLog {
  readonly health: LogHealth = {
    dropped: () => this.#destination.health.dropped(),
    waiting: () => this.#destination.health.waiting(),
    capacity: () => this.#destination.health.capacity(),
    trouble: () =>
      this.#destination.health.trouble() ?? (this.#unopened && `the audit log: ${this.#wrong()?.cause}`),
    wrong: () => this.#wrong(),
  };
  readonly #destination: LogDestination;
  readonly #file: ReopenedFile | undefined;
  readonly #refuses: boolean;
  readonly #worker: string;
  #seq = 0;
  /** Since it could not be opened again. */
  #unopened: Unopened | undefined;

  /**
   * @param worker the number of this process, if there are several
   * @throws Error with a `code` when the file can't be opened
   */
  constructor({ to, onFailure, buffer }: AuditSettings, worker?: number) {
    this.#file = to === 'stdout' ? undefined : new ReopenedFile(to);
    this.#refuses = onFailure === 'refuse';
    this.#worker = worker === undefined ? '' : `,"worker":${worker}`;
    this.#destination = new LogDestination(this.#file ?? logOutput(STDOUT), buffer, undefined, {
      name: 'the audit log',
      keeps: true,
      told: (dropped, cause) =>
        this.#line('lines dropped', `,"dropped":${dropped},"cause":${JSON.stringify(cause)}`),
    });
  }

  /** Why no request may begin now; undefined when one may. */
  refusal(): string | undefined {
    if (!this.#refuses) return undefined;
    return this.#isLost() || this.#destination.health.trouble() !== undefined ? UNAUDITED : undefined;
  }

  request(record: RequestFields): void {
    // Nothing was done, and the line would take the room of one of which something was.
    if (record.cause === UNAUDITED) return;
    this.#seq += 1;
    const line = LINE.clear().ascii('{"time":"');
    addTime(line);
    line.ascii('","seq":').number(this.#seq).ascii(this.#worker).ascii(',"event":"request"');
    addFields(line, record, OF_REQUESTS);
    this.#destination.writeBytes(line.ascii(END));
  }

  event(event: AuditEvent, fields: Readonly<Record<string, unknown>> = {}): void {
    const more = JSON.stringify(fields).slice(1, -1);
    this.#destination.write(this.#line(event, more === '' ? '' : `,${more}`));
  }

  /** Is all written? Waits for a second at most. */
  settled(): Promise<boolean> {
    return this.#destination.settled();
  }

  /**
   * Opens its file again by its name, after that was rotated.
   * @throws Error with a `code`; the old file is kept then, and it is tried again each second until it succeeds
   */
  reopen(): void {
    clearTimeout(this.#unopened?.again);
    try {
      this.#file?.reopen();
      this.#unopened = undefined;
    } catch (error) {
      this.#unopened = this.#notOpened(error as NodeJS.ErrnoException);
      throw error;
    }
    this.event('reopened');
  }

  #notOpened(error: NodeJS.ErrnoException): Unopened {
    const again = setTimeout(() => {
      try {
        this.reopen();
      } catch {
        // It is tried again.
      }
    }, AGAIN_MS).unref();
    return { cause: `it can't be opened again: ${writeFailure(error)}`, again };
  }

  /** The old file has a name still, as after a rotation, or what goes there is lost. */
  #isLost(): boolean {
    return this.#unopened !== undefined && this.#file?.isRemoved() === true;
  }

  #wrong(): LogFault | undefined {
    const wrong = this.#destination.health.wrong();
    if (wrong || !this.#unopened) return wrong;
    return { cause: `${this.#unopened.cause}; ${this.#isLost() ? REMOVED : KEPT}`, lost: 0 };
  }

  /** Waits until all is written, for a second at most. @returns why something is not */
  async end(): Promise<Error | undefined> {
    clearTimeout(this.#unopened?.again);
    const unwritten = await this.#destination.end();
    this.#file?.close();
    return unwritten;
  }

  #line(event: string, more: string): string {
    this.#seq += 1;
    return `{"time":"${timeNow()}","seq":${this.#seq}${this.#worker},"event":"${event}"${more}${END}`;
  }
}
