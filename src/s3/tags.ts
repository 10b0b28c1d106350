import { S3Error } from './errors.ts';

/** `data` is a CDATA section; `gone` is a comment or an instruction, which mean nothing here. */
type Kind = 'open' | 'close' | 'empty' | 'data' | 'gone' | 'end';

/** More than any tag or text that a client or a store has reason to write, in characters. */
export const LONGEST = 64 * 1024;

/**
 * Goes through the tags of an XML document from the first to the last. It looks at each character once, whatever the
 * document is, and builds nothing. A document type is refused: it could define entities.
 * https://www.w3.org/TR/xml/#sec-logical-struct
 */
export class Tags {
  kind: Kind = 'gone';
  /** As it is written, and without its prefix. */
  name = '';
  localName = '';
  /** Where the text before the tag begins: where the tag before it ended. */
  textStart = 0;
  start = 0;
  end = 0;
  readonly #xml: string;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** Goes on to the next tag. @throws S3Error MalformedXML */
  next(): Kind {
    const xml = this.#xml;
    this.textStart = this.end;
    this.start = xml.indexOf('<', this.end);
    if (this.start < 0) this.start = xml.length;
    if (this.start === xml.length) {
      this.end = xml.length;
      this.kind = 'end';
    } else if (xml.startsWith('<!--', this.start)) this.#section('gone', 4, '-->');
    else if (xml.startsWith('<![CDATA[', this.start)) this.#section('data', 9, ']]>');
    else if (xml.startsWith('<?', this.start)) this.#section('gone', 2, '?>');
    else this.#tag();
    return this.kind;
  }

  /** What a CDATA section holds. */
  data(): string {
    return this.#xml.slice(this.start + '<![CDATA['.length, this.end - ']]>'.length);
  }

  #section(kind: 'data' | 'gone', opening: number, closing: string): void {
    const close = this.#xml.indexOf(closing, this.start + opening);
    if (close < 0 || (kind === 'data' && close - this.start > LONGEST)) throw malformed();
    this.end = close + closing.length;
    this.kind = kind;
  }

  #tag(): void {
    const xml = this.#xml;
    const closes = xml.charCodeAt(this.start + 1) === SLASH;
    const from = this.start + (closes ? 2 : 1);
    let at = from;
    let colon = from - 1;
    if (!beginsName(xml.charCodeAt(at))) throw malformed();
    for (let code = xml.charCodeAt(at); isInName(code); code = xml.charCodeAt(at)) {
      if (code === COLON) colon = at;
      at += 1;
    }
    if (colon + 1 === at) throw malformed();
    this.name = xml.slice(from, at);
    this.localName = colon < from ? this.name : xml.slice(colon + 1, at);
    at = closes ? skipBlanks(xml, at) : skipAttributes(xml, at);
    const empty = !closes && xml.charCodeAt(at) === SLASH;
    if (empty) at += 1;
    if (xml.charCodeAt(at) !== GREATER || at - this.start > LONGEST) throw malformed();
    this.end = at + 1;
    this.kind = closes ? 'close' : empty ? 'empty' : 'open';
  }
}

export function malformed(cause?: unknown): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    { cause },
  );
}

const [SLASH, GREATER, LESS, EQUALS, COLON] = ['/', '>', '<', '=', ':'].map((text) => text.charCodeAt(0));

/** Nobody reads attributes; a `>` in one does not end the tag. */
function skipAttributes(xml: string, from: number): number {
  let at = from;
  for (;;) {
    const next = skipBlanks(xml, at);
    const code = xml.charCodeAt(next);
    if (code === GREATER || code === SLASH) return next;
    if (next === at || !beginsName(code)) throw malformed();
    at = next;
    while (isInName(xml.charCodeAt(at))) at += 1;
    at = skipBlanks(xml, at);
    if (xml.charCodeAt(at) !== EQUALS) throw malformed();
    at = skipQuoted(xml, skipBlanks(xml, at + 1));
  }
}

function skipQuoted(xml: string, from: number): number {
  const quote = xml[from];
  if (quote !== '"' && quote !== "'") throw malformed();
  for (let at = from + 1; at < xml.length; at += 1) {
    if (xml.charCodeAt(at) === LESS) throw malformed();
    if (xml[at] === quote) return at + 1;
  }
  throw malformed();
}

function skipBlanks(xml: string, from: number): number {
  let at = from;
  while (isBlank(xml.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function beginsName(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128;
}

/** Letters, digits, `.`, `-`, `_`, `:` and what is no ASCII. */
function isInName(code: number): boolean {
  return beginsName(code) || (code >= 48 && code <= 58) || code === 45 || code === 46;
}
