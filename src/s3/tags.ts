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
  /** Where the text before the tag begins: where the tag before it ended. */
  textStart = 0;
  start = 0;
  end = 0;
  readonly #xml: string;
  /** Where the name of the tag begins, with its prefix and without, and where it ends. */
  #name = 0;
  #localName = 0;
  #nameEnd = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  /** As it is written. */
  get name(): string {
    return this.#xml.slice(this.#name, this.#nameEnd);
  }

  /** Without its prefix. */
  get localName(): string {
    return this.#xml.slice(this.#localName, this.#nameEnd);
  }

  /** Is this its name without its prefix? Few of the tags of a list are looked for, so no text is made of the others. */
  isNamed(localName: string): boolean {
    const from = this.#localName;
    return (
      this.#nameEnd - from === localName.length &&
      this.#xml.charCodeAt(from) === localName.charCodeAt(0) &&
      this.#xml.startsWith(localName, from)
    );
  }

  /** Goes on to the next tag. @throws S3Error MalformedXML */
  next(): Kind {
    const xml = this.#xml;
    const from = this.end;
    this.textStart = from;
    const start = xml.charCodeAt(from) === LESS ? from : xml.indexOf('<', from);
    if (start < 0) {
      this.start = xml.length;
      this.end = xml.length;
      this.kind = 'end';
      return this.kind;
    }
    this.start = start;
    const code = xml.charCodeAt(start + 1);
    if (code === QUESTION) this.#section('gone', 2, '?>');
    else if (code !== EXCLAMATION) this.#tag(code === SLASH);
    else if (xml.startsWith('<!--', start)) this.#section('gone', 4, '-->');
    else if (xml.startsWith('<![CDATA[', start)) this.#section('data', 9, ']]>');
    else throw malformed();
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

  #tag(closes: boolean): void {
    const xml = this.#xml;
    const from = this.start + (closes ? 2 : 1);
    if (!beginsName(xml.charCodeAt(from))) throw malformed();
    let localName = from;
    let at = from + 1;
    for (let code = xml.charCodeAt(at); isInName(code); code = xml.charCodeAt(at)) {
      at += 1;
      if (code === COLON) localName = at;
    }
    if (localName === at) throw malformed();
    this.#name = from;
    this.#localName = localName;
    this.#nameEnd = at;
    if (xml.charCodeAt(at) !== GREATER) at = closes ? skipBlanks(xml, at) : skipAttributes(xml, at);
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

const SLASH = 0x2f;
const COLON = 0x3a;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const EXCLAMATION = 0x21;

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
