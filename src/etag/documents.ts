import { decodeEntities, readDocument } from '../s3/document.ts';
import { rewriteElements } from '../s3/element-text.ts';
import { nameDecoder } from '../s3/encoded-names.ts';
import { markTag, unmarkTag } from './mark.ts';

/** A document of one object or upload with all its ETags marked. */
export function markEtags(document: string): string {
  return rewriteElements(document, 'ETag', markTag);
}

/** The reverse: removes the marks, for the parts of an upload that a client lists. */
export function unmarkEtags(document: string): string {
  return rewriteElements(document, 'ETag', unmarkTag);
}

/**
 * A list of objects or versions in which the ETags are marked that `marks` selects. Everything else is unchanged. An
 * object whose key can't be read keeps its ETag.
 */
export function markListedEtags(list: string, marks: (objectKey: string) => boolean): string {
  // Some stores put it before the objects, some after them.
  const decode = nameDecoder(ENCODED.test(list));
  const marked = (inner: string): string => {
    const objectKey = decode(nameIn(inner) ?? '');
    return objectKey !== undefined && marks(objectKey) ? markEtags(inner) : inner;
  };
  return rewriteElements(list, '(?:Contents|Version)', marked);
}

const ENCODED = /<(?:[\w.-]+:)?EncodingType(?:\s[^>]*)?>\s*url\s*</;
const KEY = /<((?:[\w.-]+:)?Key)(?:\s[^>]*)?>(.*?)<\/\1\s*>/s;

function nameIn(entry: string): string | undefined {
  const [element = '', , escaped = ''] = KEY.exec(entry) ?? [];
  try {
    // A parser for each object of a list would take most of the time.
    return escaped.includes('<') ? readDocument(element, 'Key').value : decodeEntities(escaped);
  } catch {
    return undefined;
  }
}
