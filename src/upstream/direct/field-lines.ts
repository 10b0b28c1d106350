import { UsualNames } from '../../lower-case.ts';
import { malformed } from './malformed.ts';

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.5, one character a byte */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Node's limit. */
const MOST_FIELDS = 2000;

/** Gets each line, without its end. It throws for one that is wrong. */
export interface LineTaker {
  takeLine(line: string): void;
}

/**
 * Takes lines off what comes, up to and with the empty one, however it is cut into pieces. A line ends with CR and LF:
 * "a recipient MAY recognize a single LF as a line terminator", and this one does not.
 * https://www.rfc-editor.org/rfc/rfc9112#section-2.2
 */
export class Lines {
  readonly #most: number;
  readonly #taker: LineTaker;
  /** The beginning of a line whose end has not come. */
  #begun = '';
  #bytes = 0;

  /** @param most bytes, with the ends of the lines */
  constructor(most: number, taker: LineTaker) {
    this.#most = most;
    this.#taker = taker;
  }

  /** @returns the position behind the empty line; -1 when it has not come @throws UpstreamError malformed */
  feed(bytes: Buffer, from: number): number {
    const found = bytes.indexOf('\r\n\r\n', from, 'latin1');
    const text = bytes.toString('latin1', from, found < 0 ? bytes.length : found + 4);
    let at = 0;
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
      const line = this.#begun === '' ? text.slice(at, lf) : this.#begun + text.slice(at, lf);
      this.#begun = '';
      this.#count(lf + 1 - at);
      at = lf + 1;
      if (line.charCodeAt(line.length - 1) !== 13) throw malformed('a line does not end with CR and LF');
      if (line.length === 1) return from + at;
      this.#taker.takeLine(line.slice(0, -1));
    }
    this.#count(text.length - at);
    this.#begun += text.slice(at);
    return -1;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#most)
      throw malformed(`its head, or what is behind its body, is longer than ${this.#most} bytes`);
  }
}

/** Adds name and value of a field line to `raw`. @throws UpstreamError malformed */
export function addField(raw: string[], line: string): void {
  const at = raw.length >> 1;
  const name = usual.beginning(line, at) ?? usual.learn(nameOf(line), at);
  const value = withoutOuterSpace(line, name.length + 1);
  if (!VALUE.test(value)) throw malformed(`the value of a header has a control character`);
  if (raw.length >= 2 * MOST_FIELDS) throw malformed(`it has more than ${MOST_FIELDS} headers`);
  raw.push(name, value);
}

/** Answers of a store have mostly the same fields, in the same order. */
const usual = new UsualNames();

function nameOf(line: string): string {
  const name = line.slice(0, Math.max(line.indexOf(':'), 0));
  // A line that is folded begins with white space, and has no name.
  if (!TOKEN.test(name)) throw malformed('a header has no valid name');
  return name;
}

function withoutOuterSpace(line: string, from: number): string {
  let begin = from;
  let end = line.length;
  while (begin < end && isSpace(line.charCodeAt(begin))) begin += 1;
  while (end > begin && isSpace(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(begin, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
