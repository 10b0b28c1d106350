import { decodeEntities, readDocument } from '../s3/document.ts';
import { rewritingElements } from '../s3/element-text.ts';
import { nameDecoder } from '../s3/encoded-names.ts';
import { Tags } from '../s3/tags.ts';
import { atOnce, SLICE, type Work } from '../turns.ts';
import { markTag, unmarkTag } from './mark.ts';

const ETAGS = ['ETag'];
const ENTRIES = ['Contents', 'Version'];

/** A document of one object or upload with all its ETags marked. @throws S3Error MalformedXML, as all here do */
export function markingEtags(document: string): Work<string> {
  return rewritingElements(document, ETAGS, markTag);
}

/** The reverse: removes the marks, for the parts of an upload that a client lists. */
export function unmarkingEtags(document: string): Work<string> {
  return rewritingElements(document, ETAGS, unmarkTag);
}

/**
 * A list of objects or versions in which the ETags are marked that `marks` selects. Everything else is unchanged. An
 * object whose key can't be read keeps its ETag.
 */
export function* markingListedEtags(list: string, marks: (objectKey: string) => boolean): Work<string> {
  // Some stores put it before the objects, some after them.
  const decode = nameDecoder(yield* isEncoded(list));
  const marked = (inner: string): string => {
    const objectKey = decode(keyIn(inner) ?? '');
    return objectKey !== undefined && marks(objectKey) ? atOnce(markingEtags(inner)) : inner;
  };
  return yield* rewritingElements(list, ENTRIES, marked);
}

function* isEncoded(list: string): Work<boolean> {
  const tags = new Tags(list);
  let due = SLICE;
  for (let kind = tags.next(); kind !== 'end'; kind = tags.next()) {
    if (kind === 'open' && tags.localName === 'EncodingType') {
      const start = tags.end;
      tags.next();
      return list.slice(start, tags.start).trim() === 'url';
    }
    if (tags.end >= due) {
      due = tags.end + SLICE;
      yield;
    }
  }
  return false;
}

/** Undefined where it can't be read. */
function keyIn(entry: string): string | undefined {
  const tags = new Tags(entry);
  for (let kind = tags.next(); kind !== 'end'; kind = tags.next()) {
    if (kind !== 'open' || tags.localName !== 'Key') continue;
    const [from, opened] = [tags.end, tags.start];
    try {
      if (tags.next() === 'close') return decodeEntities(entry.slice(from, tags.start));
      while (tags.kind !== 'end' && !(tags.kind === 'close' && tags.localName === 'Key')) tags.next();
      return readDocument(entry.slice(opened, tags.end), 'Key').value;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
