const CR = 0x0d;
const LF = 0x0a;
const END = '\r\n\r\n';

/**
 * A coding with a tab behind it. Node's parser hands it out without the tab, as RFC 9112 has it, and yet takes it for another
 * coding than `chunked`: the chunks come as they are on the wire, with their sizes.
 */
const TAB_BEHIND_CODING = /\ntransfer-encoding:[\t ]*[^\t\r\n ][^\t\r\n]*\t/i;
const INFORMATIONAL = /^HTTP\/1\.[01] 1/;

/** The heads of one answer, those of informational ones included, as they are on the wire: for what Node's parser lets pass. */
export class RawHeads {
  /** What has come of a head, piece by piece, as it may drip; undefined behind the last one. */
  #pieces: string[] | undefined = [];
  /** The last characters of them, in which the end of the head may have begun. */
  #last = '';

  /** @returns what is wrong with the answer as far as it has come; undefined when nothing is */
  faultIn(bytes: Buffer): string | undefined {
    if (!this.#pieces) return undefined;
    // Empty lines before a head are skipped there.
    if (this.#last === '' && (bytes[0] === CR || bytes[0] === LF)) return 'it begins with something else';
    const piece = bytes.toString('latin1');
    const near: string = this.#last + piece;
    this.#last = near.slice(1 - END.length);
    this.#pieces.push(piece);
    return near.includes(END) ? this.#judge(this.#pieces.join('')) : undefined;
  }

  #judge(text: string): string | undefined {
    let from = 0;
    for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END, from)) {
      const head = text.slice(from, end);
      if (TAB_BEHIND_CODING.test(head)) return 'there is a tab behind its transfer coding';
      if (!INFORMATIONAL.test(head)) {
        this.#pieces = undefined;
        return undefined;
      }
      from = end + END.length;
    }
    const rest = text.slice(from);
    this.#pieces = [rest];
    this.#last = rest.slice(1 - END.length);
    return undefined;
  }
}
