/** A longer list is read tag by tag, in slices, in bytes. One of a thousand objects has half of that. */
const LONGEST = 512 * 1024;

/**
 * A whole list as nearly all stores write it: no attributes but those of its root, no prefixes, comments or sections, and
 * an ETag only in an object, as text alone.
 *
 *     LIST   = <name attributes> (OBJECT | OTHER)* </name>
 *     OBJECT = <Contents> (ETAG | OTHER)* </Contents>, or the same with Version
 *     ETAG   = <ETag> ASCII </ETag>
 *     OTHER  = <name/> | <name> (text | (<name/> | <name> text </name>)+) </name>
 */
const PLAIN =
  /^<[A-Za-z]+(?: [A-Za-z:]+="[^"<>]*")*>(?:<(?:Contents|Version)>(?:<ETag>[^<\x80-\xff]*<\/ETag>|<(?!(?:ETag|Contents|Version)>)[A-Za-z]+(?:\/>|>(?:[^<]*|(?:<(?!(?:ETag|Contents|Version)>)[A-Za-z]+(?:\/>|>[^<]*<\/[A-Za-z]+>))+)<\/[A-Za-z]+>))*<\/(?:Contents|Version)>|<(?!(?:ETag|Contents|Version)>)[A-Za-z]+(?:\/>|>(?:[^<]*|(?:<(?!(?:ETag|Contents|Version)>)[A-Za-z]+(?:\/>|>[^<]*<\/[A-Za-z]+>))+)<\/[A-Za-z]+>))*<\/[A-Za-z]+>$/;

/** Up to where the mark goes, as `markPlace` finds it. */
const MARKED =
  /<ETag>\s*(?:W\/)?(?:"|&quot;|&#34;|&#[xX]22;)?[0-9a-fA-F]{32}(?=(?:"|&quot;|&#34;|&#[xX]22;)?\s*<)/g;

/** In a list with encoded object keys: what may make one that can't be decoded. */
const ODD = /[^\t\n\r -~]|%00|&#(?:0*37|[xX]0*25);/;

/**
 * The bytes at which all ETags of a list get their marks, when it is a plain one: a search for its ETags is several times
 * as fast as reading its tags.
 * @param list UTF-8
 * @returns undefined for another list
 */
export function placesInPlainList(list: Buffer): number[] | undefined {
  if (list.length > LONGEST) return undefined;
  // One character a byte: nothing that is looked for has more, and no byte of a longer character looks like it.
  const text = list.toString('latin1');
  if (!PLAIN.test(text)) return undefined;
  if (text.includes('<EncodingType>') && !isDecodable(text)) return undefined;
  const places: number[] = [];
  MARKED.lastIndex = 0;
  while (MARKED.test(text)) places.push(MARKED.lastIndex);
  return places;
}

function isDecodable(list: string): boolean {
  if (ODD.test(list)) return false;
  try {
    decodeURIComponent(list);
    return true;
  } catch {
    return false;
  }
}
