import { isAscii } from 'node:buffer';
import { markPlace } from './mark.ts';

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
  if (text.includes(FIRST_LETTERS) && text.includes(ENCODED) && !areDecodable(list, text)) return undefined;
  return placesIn(list, text);
}

/** What says that object keys are encoded. Six letters are searched for by the first one, several times as fast as more. */
const ENCODED = '<EncodingType>';
const FIRST_LETTERS = ENCODED.slice(1, 7);

/** What an ETag begins with. It is searched for without its first character, of which a list is full. */
const OPENING = 'ETag>';
const CLOSING = '</ETag>';

/** @param text the list, one character a byte: a plain one */
function placesIn(list: Buffer, text: string): number[] {
  const places: number[] = [];
  let from = 0;
  for (;;) {
    const found = text.indexOf(OPENING, from);
    if (found < 0) return places;
    from = found + OPENING.length;
    if (list[found - 1] !== LESS) continue;
    const place = usualPlace(list, from);
    if (place >= 0) {
      places.push(place);
      from = place + quoteAt(list, place) + CLOSING.length;
    } else {
      const unusual = markPlace(text.slice(from, text.indexOf('<', from)));
      if (unusual >= 0) places.push(from + unusual);
    }
  }
}

const [LESS, QUOTE] = [...Buffer.from('<"')];
const [ZERO, SEVEN] = [0x30, 0x37];
const [AND, Q, U, O, T, SEMICOLON] = [...Buffer.from('&quot;')];
const MD5_DIGITS = 32;
/** By byte: is it a digit of hex? */
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[0-9a-fA-F]/.test(String.fromCharCode(byte))),
);

/** Where the mark goes in an ETag that is an MD5, in quotes or not, and nothing else; else -1. */
function usualPlace(list: Buffer, from: number): number {
  const digits = from + quoteAt(list, from);
  const place = digits + MD5_DIGITS;
  for (let at = digits; at < place; at += 1) if (DIGITS[list[at] ?? 0] === 0) return -1;
  return list[place + quoteAt(list, place)] === LESS ? place : -1;
}

/** How many bytes a quote has that stands here; 0 without one. */
function quoteAt(list: Buffer, at: number): number {
  if (list[at] === QUOTE) return 1;
  if (list[at] !== AND) return 0;
  const named =
    list[at + 1] === Q &&
    list[at + 2] === U &&
    list[at + 3] === O &&
    list[at + 4] === T &&
    list[at + 5] === SEMICOLON;
  return named ? 6 : 0;
}

/** In a list with encoded object keys: can each of them be decoded, for sure? */
function areDecodable(list: Buffer, text: string): boolean {
  if (!isAscii(list) || (text.includes('&#') && CHARACTER.test(text))) return false;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3))
    if (!isAsciiEscape(list, at + 1)) return !text.includes('%00') && isUri(text);
  return true;
}

/** A character that may be part of an encoded object key: any but the quotes of an ETag. */
const CHARACTER = /&#(?!(?:34|[xX]22);)/;

/** A percent sign is followed by two digits, for a byte that is a character by itself, and not NUL. */
function isAsciiEscape(list: Buffer, at: number): boolean {
  const high = list[at] ?? 0;
  const low = list[at + 1] ?? 0;
  return DIGITS[low] === 1 && high >= ZERO && high <= SEVEN && (high > ZERO || low > ZERO);
}

function isUri(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
