import type { Work } from '../turns.ts';
import { type DocumentElement, reading } from './document.ts';
import { decodePercent } from './percent.ts';
import { isIdentifier } from './query-values.ts';
import { malformed } from './tags.ts';
import { escapeXml, s3Element, XML_DECLARATION } from './xml.ts';

/** One object of a DeleteObjects request, with its other elements. */
export interface ToDelete {
  readonly objectKey: string;
  /** The other elements of the `<Object>`, by name: VersionId, ETag, LastModifiedTime, Size. */
  readonly others: Readonly<Record<string, string>>;
}

const OTHERS = ['VersionId', 'ETag', 'LastModifiedTime', 'Size'] as const;
const MOST_OBJECTS = 1000;

/**
 * Reads the body of DeleteObjects.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html#API_DeleteObjects_RequestSyntax
 * @throws S3Error MalformedXML
 */
export function* readingDelete(xml: string): Work<{ quiet: boolean; objects: readonly ToDelete[] }> {
  const document = yield* reading(xml, 'Delete');
  const named = document.all('Object');
  if (named.length === 0 || named.length > MOST_OBJECTS) throw malformed();
  const keyOf = encodingOf(document) === 'url' ? decodedKey : (text: string): string => text;
  const objects = named.map((object) => {
    const keys = object.all('Key');
    const [first] = keys;
    if (keys.length !== 1 || !first || first.value === '') throw malformed();
    const objectKey = keyOf(first.value);
    const others = OTHERS.flatMap((name) => {
      const value = name === 'VersionId' ? versionOf(object.text(name)) : object.text(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return { objectKey, others: Object.fromEntries(others) };
  });
  return { quiet: document.text('Quiet')?.trim() === 'true', objects };
}

/** Of OBS: how the object keys are written. S3 has no such element, and refuses a document with one. */
function encodingOf(document: DocumentElement): 'url' | undefined {
  const said = document.all('EncodingType');
  const [encoding] = said;
  if (encoding === undefined) return undefined;
  if (said.length > 1 || encoding.value.trim().toLowerCase() !== 'url') throw malformed();
  return 'url';
}

/** The SDKs of OBS write a space as a plus. The key that is judged is the one that the store is told. */
function decodedKey(text: string): string {
  try {
    return decodePercent(text, { plusIsSpace: true });
  } catch (cause) {
    throw malformed(cause);
  }
}

/** An empty one is none, as stores read it: then the request does not remove a version, and is not judged as if it did. */
function versionOf(text: string | undefined): string | undefined {
  const versionId = text?.trim() ?? '';
  if (versionId === '') return undefined;
  if (!isIdentifier(versionId)) throw malformed();
  return versionId;
}

/**
 * Writes a new body, so that the store reads exactly the object keys that were authorised, however its XML parser treats
 * comments, entities and repeated elements.
 */
export function writeDelete({ quiet, objects }: { quiet: boolean; objects: readonly ToDelete[] }): string {
  const lines = objects.map(({ objectKey, others }) => {
    const rest = Object.entries(others).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
    return `<Object><Key>${escapeKey(objectKey)}</Key>${rest.join('')}</Object>`;
  });
  const quietly = quiet ? '<Quiet>true</Quiet>' : '';
  return `${XML_DECLARATION}${s3Element('Delete', `${quietly}${lines.join('')}`)}`;
}

/** Keeps white space that an XML parser would normalise; characters that XML can't contain are refused, not replaced. */
function escapeKey(objectKey: string): string {
  const escaped = escapeXml(objectKey);
  if (escaped.includes('\uFFFD') && !objectKey.includes('\uFFFD')) throw malformed();
  return escaped.replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
