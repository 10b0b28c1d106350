import { XMLParser } from 'fast-xml-parser';
import { S3Error } from './errors.ts';

/** An element of a request document: its own text, and its children by name. */
export interface DocumentElement {
  text(name: string): string | undefined;
  all(name: string): readonly DocumentElement[];
  readonly value: string;
}

const TEXT = '#text';
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Entities are decoded here, and only XML's own five and character references: a body can't define any. */
const PARSER = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  alwaysCreateTextNode: true,
  isArray: (name) => name !== TEXT,
});

/** Reads an S3 request document whose root element is `root`. @throws S3Error MalformedXML */
export function readDocument(xml: string, root: string): DocumentElement {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw malformed();
  const found = element(parse(withoutSections(xml))).all(root)[0];
  if (!found) throw malformed();
  return found;
}

export function malformed(cause?: unknown): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    { cause },
  );
}

const SECTIONS = [
  { opens: '<!--', closes: '-->' },
  { opens: '<?', closes: '?>' },
  { opens: '<![CDATA[', closes: ']]>' },
] as const;

/**
 * CDATA sections become escaped text, because the parser treats them as text although entities in them are literal.
 * Comments and instructions are removed in the same pass, because either could contain the start of the other. Each
 * character is read once, whatever a client sends.
 */
function withoutSections(xml: string): string {
  const kept: string[] = [];
  let from = 0;
  for (const { index } of xml.matchAll(/<[!?]/g)) {
    if (index < from) continue;
    const section = SECTIONS.find(({ opens }) => xml.startsWith(opens, index));
    if (!section) continue;
    const end = xml.indexOf(section.closes, index + section.opens.length);
    if (end < 0) throw malformed();
    kept.push(xml.slice(from, index));
    if (section.opens === '<![CDATA[') {
      const text = xml.slice(index + section.opens.length, end);
      kept.push(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
    }
    from = end + section.closes.length;
  }
  return kept.join('') + xml.slice(from);
}

function parse(xml: string): unknown {
  try {
    return PARSER.parse(xml, true);
  } catch (cause) {
    throw malformed(cause);
  }
}

function element(node: unknown): DocumentElement {
  const record = typeof node === 'object' && node !== null ? new Map(Object.entries(node)) : new Map();
  const all = (name: string): DocumentElement[] => {
    const children: unknown = record.get(name);
    return Array.isArray(children) ? children.map(element) : [];
  };
  return {
    all,
    text: (name) => all(name)[0]?.value,
    value: decodeEntities(typeof node === 'string' ? node : String(record.get(TEXT) ?? '')),
  };
}

/** Decodes an escaped text. @throws S3Error MalformedXML for an entity that XML does not have */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?)?([^;]*);/g, (_whole, numeric: string | undefined, name: string) => {
    if (numeric === undefined) {
      const known = ENTITIES[name];
      if (known === undefined) throw malformed();
      return known;
    }
    const code = Number.parseInt(name, numeric === '#x' ? 16 : 10);
    if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw malformed();
    return String.fromCodePoint(code);
  });
}
