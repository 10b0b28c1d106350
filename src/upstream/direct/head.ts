import { addField, Lines } from './field-lines.ts';
import { malformed } from './malformed.ts';

/** Of a head with its status line, in bytes. */
const LONGEST_HEAD = 32 * 1024;

export interface Head {
  readonly status: number;
  /** 0 or 1 of HTTP/1. */
  readonly minor: number;
  /** Name, value, name, value … as they came. */
  readonly rawHeaders: string[];
}

/** "HTTP-version SP status-code SP [ reason-phrase ]": the last space is missing often enough. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([0-9]{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const BEGINNING = 'HTTP/1.';

/** Reads one head, however it is cut into pieces. It is the head when `feed` has found its end. */
export class HeadReader implements Head {
  status = 0;
  minor = 0;
  readonly rawHeaders: string[] = [];
  readonly #lines: Lines;
  #begun = 0;
  #hasStatus = false;

  constructor() {
    this.#lines = new Lines(LONGEST_HEAD, this);
  }

  /** @returns the position behind the head; -1 when it is not all there @throws UpstreamError malformed */
  feed(bytes: Buffer, from: number): number {
    // What is no HTTP may have no line: it is not waited for.
    for (let at = from; this.#begun < BEGINNING.length && at < bytes.length; at += 1, this.#begun += 1)
      if (bytes[at] !== BEGINNING.charCodeAt(this.#begun)) throw malformed('it begins with something else');
    const end = this.#lines.feed(bytes, from);
    if (end >= 0 && !this.#hasStatus) throw malformed('it has no status');
    return end;
  }

  takeLine(text: string, from: number, to: number): void {
    if (this.#hasStatus) {
      addField(this.rawHeaders, text, from, to);
      return;
    }
    const [, minor, status] = STATUS_LINE.exec(text.slice(from, to)) ?? [];
    if (minor === undefined || status === undefined) throw malformed('its status line is wrong');
    this.#hasStatus = true;
    this.minor = Number(minor);
    this.status = Number(status);
  }
}
