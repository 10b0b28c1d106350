import { atOnce, inTurns, SLICE, type Work } from '../turns.ts';
import { LONGEST, malformed, Tags } from './tags.ts';

/** An element of a document: its own text, and its children by name. */
export interface DocumentElement {
  text(name: string): string | undefined;
  all(name: string): readonly DocumentElement[];
  /** In their order; names without their prefixes. */
  readonly children: readonly (readonly [name: string, DocumentElement])[];
  readonly value: string;
}

/** Ten thousand buckets in a list have fewer. */
const MOST_ELEMENTS = 100_000;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Reads an S3 document whose root element is `root`; names count without their prefixes. For documents that are limited
 * to a few slices. @throws S3Error MalformedXML
 */
export function readDocument(xml: string, root: string): DocumentElement {
  return atOnce(reading(xml, root));
}

/** The name of the root element; undefined when the text does not begin with one. */
export function rootOf(xml: string): string | undefined {
  const tags = new Tags(xml);
  try {
    let kind = tags.next();
    while (kind === 'gone' && xml.slice(tags.textStart, tags.start).trim() === '') kind = tags.next();
    return kind === 'open' || kind === 'empty' ? tags.localName : undefined;
  } catch {
    return undefined;
  }
}

/** The same of a document of any size, with turns of the event loop between. */
export function readLargeDocument(xml: string, root: string): Promise<DocumentElement> {
  return inTurns(reading(xml, root));
}

/** The same, for a caller that does it as a part of more. */
export function* reading(xml: string, root: string): Work<DocumentElement> {
  const document = new Element('');
  const open: Element[] = [document];
  const tags = new Tags(xml);
  let due = SLICE;
  let left = MOST_ELEMENTS;
  for (let kind = tags.next(); ; kind = tags.next()) {
    const parent = open[open.length - 1] ?? document;
    if (tags.start > tags.textStart) parent.value += textOf(xml.slice(tags.textStart, tags.start));
    if (kind === 'end') break;
    if (kind === 'data') parent.value += tags.data();
    else if (kind === 'close') {
      if (open.pop()?.name !== tags.name) throw malformed();
    } else if (kind !== 'gone') {
      const child = new Element(tags.name);
      parent.add(tags.localName, child);
      if (kind === 'open') open.push(child);
      left -= 1;
      if (left < 0) throw malformed();
    }
    if (tags.end >= due) {
      due = tags.end + SLICE;
      yield;
    }
  }
  const [found] = document.all(root);
  // "There is exactly one element, called the root": clients read the first or the last of two. A text outside of it is a
  // byte order mark or white space.
  if (!found || document.size !== 1 || open.length !== 1 || document.value.trim() !== '') throw malformed();
  return found;
}

/** White space may be of any length, and means nothing then. */
function textOf(escaped: string): string {
  if (escaped.length <= LONGEST) return decodeEntities(escaped);
  if (escaped.trim() !== '') throw malformed();
  return ' ';
}

class Element implements DocumentElement {
  /** With its prefix. */
  readonly name: string;
  value = '';
  readonly #names: string[] = [];
  readonly #children: Element[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** How many children it has. */
  get size(): number {
    return this.#children.length;
  }

  add(localName: string, child: Element): void {
    this.#names.push(localName);
    this.#children.push(child);
  }

  get children(): readonly (readonly [name: string, Element])[] {
    return this.#children.map((child, index) => [this.#names[index] ?? '', child]);
  }

  all(name: string): readonly Element[] {
    const names = this.#names;
    return this.#children.filter((_child, index) => names[index] === name);
  }

  text(name: string): string | undefined {
    return this.#children[this.#names.indexOf(name)]?.value;
  }
}

/**
 * What an escaped text says. Only XML's own five entities and character references: a document can't define any.
 * @throws S3Error MalformedXML for an entity that XML does not have
 */
export function decodeEntities(text: string): string {
  let mark = text.indexOf('&');
  if (mark < 0) return text;
  let decoded = '';
  let from = 0;
  while (mark >= 0) {
    const end = text.indexOf(';', mark);
    if (end < 0) throw malformed();
    decoded += text.slice(from, mark) + entity(text.slice(mark + 1, end));
    from = end + 1;
    mark = text.indexOf('&', from);
  }
  return decoded + text.slice(from);
}

function entity(name: string): string {
  if (!name.startsWith('#')) {
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known === undefined) throw malformed();
    return known;
  }
  const hex = name[1] === 'x';
  const digits = name.slice(hex ? 2 : 1);
  const code = DIGITS[hex ? 'hex' : 'decimal'].test(digits) ? Number.parseInt(digits, hex ? 16 : 10) : 0;
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw malformed();
  return String.fromCodePoint(code);
}

const DIGITS = { hex: /^[0-9a-fA-F]{1,8}$/, decimal: /^[0-9]{1,8}$/ } as const;
