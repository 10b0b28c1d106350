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
  /** What has come of a head; undefined behind the last one. */
  #text: string | undefined = '';

  /** @returns what is wrong with the answer as far as it has come; undefined when nothing is */
  faultIn(bytes: Buffer): string | undefined {
    if (this.#text === undefined) return undefined;
    // Empty lines before a head are skipped there.
    if (this.#text === '' && (bytes[0] === CR || bytes[0] === LF)) return 'it begins with something else';
    this.#text += bytes.toString('latin1');
    // A head may drip.
    if (!bytes.includes(LF)) return undefined;
    for (let end = this.#text.indexOf(END); end >= 0; end = this.#text.indexOf(END)) {
      const head: string = this.#text.slice(0, end);
      if (TAB_BEHIND_CODING.test(head)) return 'there is a tab behind its transfer coding';
      if (!INFORMATIONAL.test(head)) {
        this.#text = undefined;
        return undefined;
      }
      this.#text = this.#text.slice(end + END.length);
    }
    return undefined;
  }
}
