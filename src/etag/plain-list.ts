import { isAscii } from 'node:buffer';
import { ENCODED_AT, ETAGS_AT, LONGEST, type PlainTags, plainTags, ZEROS } from './plain-module.ts';
import { markPlaceIn } from './written.ts';

/**
 * The tag of the root. As an object, or with a word about encoding, it would have a meaning in the list.
 */
const ROOT = /^<(?!Contents|Version|Encoding)[A-Za-z]+(?: [A-Za-z:]+="[^"<>]*")*>/;
/** The tag of a root that is longer, in bytes, is not looked for. */
const LONGEST_ROOT = 1024;

/** One for all lists: each instance of WebAssembly reserves 8 GiB of addresses. Nothing is compiled before the first one. */
let module: PlainTags | undefined;

/**
 * The bytes at which all ETags of a list get their marks, when it is a plain one, as nearly all stores write it: no attributes
 * but those of its root, no prefixes, comments or sections, all objects in the root, and an ETag only in an object, as text
 * alone. It takes a fifth of the time of reading it tag by tag.
 *
 *     LIST    = <name attributes> ELEMENT* </name> text?
 *     ELEMENT = <name/> | <name> (text | ELEMENT)* </name>
 *
 * @param list UTF-8
 * @returns undefined for another list
 */
export function placesInPlainList(list: Buffer): Int32Array | undefined {
  if (list.length > LONGEST) return undefined;
  const [root] = ROOT.exec(list.toString('latin1', 0, LONGEST_ROOT)) ?? [];
  if (root === undefined) return undefined;
  module ??= plainTags();
  const { memory, tags } = module;
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(list);
  bytes.fill(0, list.length, list.length + ZEROS);
  const count = tags(root.length, list.length);
  if (count < 0) return undefined;
  const [encoded] = new Int32Array(memory.buffer, ENCODED_AT, 1);
  if (encoded === 1 && !areDecodable(list)) return undefined;
  const places = new Int32Array(memory.buffer, ETAGS_AT, count).slice();
  return places.every((place) => place > 0) ? places : lookAt(list, places);
}

/** Where marks go in a list with ETags of which no place is known: where their texts begin is negative. */
function lookAt(list: Buffer, places: Int32Array): Int32Array | undefined {
  let known = 0;
  for (const place of places) {
    if (place > 0) {
      places[known] = place;
      known += 1;
      continue;
    }
    const text = list.subarray(-place, list.indexOf('<', -place));
    // What is white space there may have several bytes.
    if (!isAscii(text)) return undefined;
    const unusual = markPlaceIn(text.toString('latin1'));
    if (unusual < 0) continue;
    places[known] = unusual - place;
    known += 1;
  }
  return places.subarray(0, known);
}

/** In a list with encoded object keys: can each of them be decoded, for sure? */
function areDecodable(list: Buffer): boolean {
  if (!isAscii(list)) return false;
  const text = list.toString('latin1');
  if (text.includes('&#') && CHARACTER.test(text)) return false;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3))
    if (!isAsciiEscape(list, at + 1)) return !text.includes('%00') && isUri(text);
  return true;
}

/** A character that may be part of an encoded object key: any but the quotes of an ETag. */
const CHARACTER = /&#(?!(?:34|[xX]22);)/;

const [ZERO, SEVEN] = [0x30, 0x37];
/** By byte: is it a digit of hex? */
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[0-9a-fA-F]/.test(String.fromCharCode(byte))),
);

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
