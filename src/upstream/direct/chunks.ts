import { addField, Lines, type LineTaker } from './field-lines.ts';
import { malformed } from './malformed.ts';

/** A size with its extensions, in bytes. */
const LONGEST_SIZE_LINE = 1024;
/** Of all trailers, in bytes. */
const LONGEST_TRAILERS = 16 * 1024;

/**
 * "chunk-size [ chunk-ext ] CRLF", without white space. Twelve hexadecimal digits are more than any object has.
 * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
const SIZE_LINE =
  /^([0-9A-Fa-f]{1,12})(?:;[\w!#$%&'*+.^`|~-]+(?:=(?:[\w!#$%&'*+.^`|~-]+|"[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]*"))?)*$/;

/** Trailers that would say where the message ends, after its end. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

const CR = 13;
const LF = 10;

/** Takes a body out of its chunks, however they are cut into pieces. */
export class Chunks implements LineTaker {
  /** Name, value, name, value … as they came. */
  readonly rawTrailers: string[] = [];
  #state: 'size' | 'data' | 'data-cr' | 'data-lf' | 'trailers' = 'size';
  #left = 0;
  #sizeLine = '';
  #trailers: Lines | undefined;

  /**
   * @param run gets each run of bytes of the body, as positions
   * @returns the position behind the last chunk and its trailers; -1 when more is to come
   * @throws UpstreamError malformed
   */
  feed(bytes: Buffer, from: number, run: (from: number, to: number) => void): number {
    let at = from;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#left);
        run(at, to);
        this.#left -= to - at;
        at = to;
        if (this.#left === 0) this.#state = 'data-cr';
      } else if (this.#state === 'size') {
        at = this.#size(bytes, at);
      } else if (this.#state === 'trailers') {
        return this.#trailing(bytes, at);
      } else {
        const cr = this.#state === 'data-cr';
        if (bytes[at] !== (cr ? CR : LF)) throw malformed('a chunk is longer than its size');
        this.#state = cr ? 'data-lf' : 'size';
        at += 1;
      }
    }
    return -1;
  }

  #size(bytes: Buffer, from: number): number {
    const lf = bytes.indexOf(LF, from);
    const to = lf < 0 ? bytes.length : lf;
    if (this.#sizeLine.length + to - from > LONGEST_SIZE_LINE)
      throw malformed('the size of a chunk is too long');
    const line = this.#sizeLine + bytes.toString('latin1', from, to);
    if (lf < 0) {
      // What can't become a size is not waited for.
      if (!/^[0-9A-Fa-f]{1,12}(?:[;\r]|$)/.test(line)) throw malformed('a chunk has no valid size');
      this.#sizeLine = line;
      return to;
    }
    this.#sizeLine = '';
    const [, size] = (line.endsWith('\r') && SIZE_LINE.exec(line.slice(0, -1))) || [];
    if (size === undefined) throw malformed('a chunk has no valid size');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left > 0 ? 'data' : 'trailers';
    return lf + 1;
  }

  takeLine(text: string, from: number, to: number): void {
    addField(this.rawTrailers, text, from, to);
    if (FRAMING.test(this.rawTrailers.at(-2) ?? '')) throw malformed('its trailers say where it ends');
  }

  #trailing(bytes: Buffer, from: number): number {
    this.#trailers ??= new Lines(LONGEST_TRAILERS, this);
    return this.#trailers.feed(bytes, from);
  }
}
