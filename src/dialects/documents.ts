import { type DocumentElement, readDocument } from '../s3/document.ts';
import { rewritingElements } from '../s3/element-text.ts';
import { S3Error } from '../s3/errors.ts';
import { malformed } from '../s3/tags.ts';
import { escapeXml } from '../s3/xml.ts';
import { atOnce, type Work } from '../turns.ts';
import { translateAcl } from './acl.ts';
import type { Pairs, Way } from './pairs.ts';

/** How the document of an operation differs between a dialect and S3. Names of elements are the internal ones. */
export type Difference =
  | { readonly kind: 'same' }
  /** A list: texts of some elements differ, and all else is the same. */
  | { readonly kind: 'list'; readonly values: Values }
  | ({ readonly kind: 'settings' } & Settings)
  | { readonly kind: 'acl' };

type Values = Readonly<Record<string, Pairs>>;

interface Settings {
  readonly root: string;
  /** What both have, without the root. A document with another element is refused: the other side would not act by it. */
  readonly elements: ReadonlySet<string>;
  readonly names?: Pairs;
  readonly values?: Values;
  /** Elements that only one side has, each with the text that says the same as its absence. */
  readonly unsaid?: Readonly<Record<string, string>>;
}

/** More elements stand in no document inside of each other. */
const DEEPEST = 16;

/**
 * A document as the other side has it.
 * @throws S3Error MalformedXML; NotImplemented for what the other side can't be told
 */
export function* translating(document: string, difference: Difference, way: Way): Work<string> {
  if (difference.kind === 'settings') return settingsFor(document, difference, way);
  if (difference.kind === 'acl') return translateAcl(document, way);
  let listed = document;
  const values = difference.kind === 'list' ? difference.values : {};
  for (const [name, pairs] of Object.entries(values))
    listed = yield* rewritingElements(listed, name, (text) => pairs[way].get(text.trim()) ?? text);
  return listed;
}

/** The same of one that is short. */
export function translate(document: string, difference: Difference, way: Way): string {
  return atOnce(translating(document, difference, way));
}

function settingsFor(document: string, settings: Settings, way: Way): string {
  return written(settings.root, readDocument(document, settings.root), settings, way, 0);
}

/** An element with what is in it, without attributes, which nobody reads. */
function written(name: string, from: DocumentElement, settings: Settings, way: Way, depth: number): string {
  if (depth > DEEPEST) throw malformed();
  const { elements, names, values, unsaid } = settings;
  const inner = from.children.map(([said, child]) => {
    const internal = (way === 'internal' ? names?.internal.get(said) : undefined) ?? said;
    if (unsaid && Object.hasOwn(unsaid, internal) && textIn(child, depth) === unsaid[internal]) return '';
    if (!elements.has(internal)) throw untold(said);
    return written(internal, child, settings, way, depth + 1);
  });
  const text = from.children.length > 0 ? '' : from.value.trim();
  const own = (way === 'own' ? names?.own.get(name) : undefined) ?? name;
  return `<${own}>${escapeXml(values?.[name]?.[way].get(text) ?? text)}${inner.join('')}</${own}>`;
}

/** All text of it. */
function textIn(from: DocumentElement, depth: number): string {
  if (depth > DEEPEST) throw malformed();
  return `${from.value.trim()}${from.children.map(([, child]) => textIn(child, depth + 1)).join('')}`;
}

function untold(element: string): S3Error {
  return new S3Error(
    'NotImplemented',
    `The element ${element} has no counterpart: the client and the store have different forms of this document, and this part of it can't be told to the other side. Leave it out, or use a client that speaks as the store does.`,
  );
}
