import { rewritingElements } from '../s3/element-text.ts';
import { nameDecoder } from '../s3/encoded-names.ts';
import type { Work } from '../turns.ts';
import { ListedEtags } from './listed.ts';
import { MARK } from './mark.ts';
import { placesInPlainList } from './plain-list.ts';
import { markPlaceIn, withoutMark } from './written.ts';

/** A document of one object or upload with all its ETags marked. @throws S3Error MalformedXML, as all here do */
export function markingEtags(document: string): Work<string> {
  return rewritingElements(document, 'ETag', (written) => {
    const place = markPlaceIn(written);
    return place < 0 ? written : `${written.slice(0, place)}${MARK}${written.slice(place)}`;
  });
}

/** The reverse: removes the marks, for the parts of an upload that a client lists. */
export function unmarkingEtags(document: string): Work<string> {
  return rewritingElements(document, 'ETag', withoutMark);
}

/** How many ETags are marked in one slice of the work. */
const ETAGS_A_SLICE = 1000;

/**
 * A list of objects or versions in which the ETags are marked that `marks` selects. Everything else is unchanged. Where the
 * object key can't be decoded, the object keeps its ETag.
 * @param list UTF-8
 */
export function* markingListedEtags(
  list: Buffer,
  marks: 'all' | ((objectKey: string) => boolean),
): Work<Buffer> {
  const places = marks === 'all' ? placesInPlainList(list) : undefined;
  if (places) return withMarks(list, places);
  return yield* markingEach(list.toString(), marks === 'all' ? () => true : marks);
}

function withMarks(list: Buffer, places: Int32Array): Buffer {
  const marked = Buffer.allocUnsafe(list.length + places.length * MARK.length);
  let size = 0;
  let from = 0;
  for (const place of places) {
    size += list.copy(marked, size, from, place);
    // By `write` a mark would take as long as the text before it.
    for (let at = 0; at < MARK.length; at += 1) marked[size + at] = MARK.charCodeAt(at);
    size += MARK.length;
    from = place;
  }
  list.copy(marked, size, from);
  return marked;
}

function* markingEach(list: string, marks: (objectKey: string) => boolean): Work<Buffer> {
  const found = new ListedEtags(list);
  while (found.readOn()) yield;
  const { places, objectKeys } = found;
  const decode = nameDecoder(found.encoded);
  // Written at once: a text put together from thousands of pieces would have to be copied once more.
  const marked = Buffer.allocUnsafe(Buffer.byteLength(list) + places.length * MARK.length);
  let size = 0;
  let from = 0;
  for (let at = 0; at < places.length; at += 1) {
    const objectKey = decode(objectKeys[at] as string);
    if (objectKey !== undefined && marks(objectKey)) {
      const place = places[at] as number;
      size += marked.write(list.slice(from, place), size);
      size += marked.write(MARK, size, 'latin1');
      from = place;
    }
    if (at % ETAGS_A_SLICE === ETAGS_A_SLICE - 1) yield;
  }
  size += marked.write(list.slice(from), size);
  return marked.subarray(0, size);
}
