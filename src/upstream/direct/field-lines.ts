import { UsualNames } from '../../lower-case.ts';
import { malformed } from './malformed.ts';

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.5, one character a byte */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Node's limit. */
const MOST_FIELDS = 2000;

/** Gets each line, as a part of a text, without its end. It throws for one that is wrong. */
export interface LineTaker {
  takeLine(text: string, from: number, to: number): void;
}

/** As much is decoded at once: most heads, and little of the body behind them. In bytes. */
const WINDOW_BYTES = 1024;

const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

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
    for (let at = from; at < bytes.length; ) {
      const to = Math.min(bytes.length, at + WINDOW_BYTES);
      const used = this.#lines(bytes.toString('latin1', at, to));
      if (used >= 0) return at + used;
      at = to;
    }
    return -1;
  }

  /** @returns the position behind the empty line; -1 when it is not in this text */
  #lines(came: string): number {
    let lf = came.indexOf('\n');
    if (lf < 0) {
      // Not looked through again with what comes next: a line may drip.
      this.#count(came.length);
      this.#begun += came;
      return -1;
    }
    const before = this.#begun.length;
    const text = before === 0 ? came : this.#begun + came;
    let at = 0;
    for (lf += before; lf >= 0; lf = text.indexOf('\n', at)) {
      this.#count(lf + 1 - Math.max(at, before));
      const cr = lf - 1;
      if (cr < at || text.charCodeAt(cr) !== CR) throw malformed('a line does not end with CR and LF');
      if (cr === at) return lf + 1 - before;
      this.#taker.takeLine(text, at, cr);
      at = lf + 1;
    }
    this.#count(text.length - at);
    this.#begun = text.slice(at);
    return -1;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#most)
      throw malformed(`its head, or what is behind its body, is longer than ${this.#most} bytes`);
  }
}

/** Adds name and value of a field line, which is a part of a text, to `raw`. @throws UpstreamError malformed */
export function addField(raw: string[], text: string, from: number, to: number): void {
  const at = raw.length >> 1;
  const name = usual.beginning(text, from, at) ?? usual.learn(nameOf(text.slice(from, to)), at);
  const value = withoutOuterSpace(text, from + name.length + 1, to);
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

function withoutOuterSpace(text: string, from: number, to: number): string {
  let begin = from;
  let end = to;
  for (let code = text.charCodeAt(begin); begin < end && (code === SPACE || code === TAB); ) {
    begin += 1;
    code = text.charCodeAt(begin);
  }
  for (let code = text.charCodeAt(end - 1); end > begin && (code === SPACE || code === TAB); ) {
    end -= 1;
    code = text.charCodeAt(end - 1);
  }
  return text.slice(begin, end);
}
