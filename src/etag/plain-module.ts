import { LONGEST_ELEMENT } from '../s3/element-text.ts';
import {
  type Code,
  constant,
  get,
  I32,
  I64,
  instanceOf,
  load,
  long,
  RETURN,
  repeat,
  set,
  store,
  when,
} from '../wasm-code.ts';

/** A longer list is read tag by tag, in slices, in bytes. One of a thousand objects has half of that. */
export const LONGEST = 512 * 1024;
/** Behind a list, in bytes: what is read at once may begin in its last one. */
export const ZEROS = 128;
const MD5_DIGITS = 32;
const MOST_ETAGS = Math.ceil(LONGEST / '<ETag></ETag>'.length);

/** Where things are in the memory of the module, in bytes; the list is at 0. */
export const ETAGS_AT = LONGEST + ZEROS;
export const ENCODED_AT = ETAGS_AT + 4 * MOST_ETAGS;
const PAGES = Math.ceil((ENCODED_AT + 4) / (64 * 1024));

export interface PlainTags {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly tags: (from: number, to: number) => number;
}

/**
 * WebAssembly that goes through the tags of a list, from the one behind that of its root. `tags` gives back how many
 * ETags there are, or -1 where the list is not a plain one. At ETAGS_AT stands where each gets its mark, in 4 bytes; negative: where
 * its text begins, for one that has to be looked at. At ENCODED_AT: is something said of an encoding?
 *
 * It looks at 64 bytes at once for where tags begin, and at 32 behind each. Tags don't wait for the one before: to find
 * each from the end of another takes several times as long.
 */
export function plainTags(): PlainTags {
  return instanceOf({
    name: 'tags',
    takes: [I32, I32],
    gives: I32,
    pages: PAGES,
    body: [
      [2, NAME - TAG, I32, BEGINNINGS - NAME + 1, I64],
      [constant(1), set(DEPTH), constant(ETAGS_AT), set(NEXT)],
      [constant(ENCODED_AT), constant(0), store(0)],
      repeat([
        [beginnings(0), beginnings(16), OR_LONG, beginnings(32), OR_LONG, beginnings(48), OR_LONG],
        [set(BEGINNINGS), anyBegins(), when(repeat([tag(), anyBegins()]))],
        [get(AT), constant(64), ADD, set(AT)],
        [get(AT), get(TO), LESS],
      ]),
      notPlainIf([get(DEPTH)]),
      [get(NEXT), constant(ETAGS_AT), SUB, constant(2), RIGHT],
    ],
  }) as PlainTags;
}

/** What it is given, … */
const [AT, TO] = [0, 1];
/** … where the tag begins, is it a closing one, of which of the 32 bytes behind it are letters, how long its name is, … */
const [TAG, CLOSES, LETTERS, LENGTH] = [2, 3, 4, 5];
/** … the byte before that behind its name, how many elements are open, and where the open object begins, … */
const [BEFORE_END, DEPTH, OBJECT] = [6, 7, 8];
/** … where the text of the open ETag does (0: none is open), how long its quote is, and where it is written down; … */
const [ETAG, QUOTE, NEXT] = [9, 10, 11];
/** … the first 8 bytes of the name, and where tags begin in these 64 bytes: the lowest bit is the first byte. */
const [NAME, BEGINNINGS] = [12, 13];

/** Instructions for i32, … */
const [NOT, EQUAL, UNEQUAL, LESS, MORE] = [0x45, 0x46, 0x47, 0x49, 0x4b];
const [ZEROS_BELOW, ADD, SUB, MULTIPLY] = [0x68, 0x6a, 0x6b, 0x6c];
const [AND, OR, XOR, LEFT, RIGHT] = [0x71, 0x72, 0x73, 0x74, 0x76];
const [LOAD_BYTE, LOAD_PAIR, CHOOSE] = [0x2d, 0x2f, 0x1b];
/** … for i64, … */
const [NOT_LONG, EQUAL_LONG, UNEQUAL_LONG, ZEROS_BELOW_LONG] = [0x50, 0x51, 0x52, 0x7a];
const [SUB_LONG, AND_LONG, OR_LONG, XOR_LONG, LEFT_LONG] = [0x7d, 0x83, 0x84, 0x85, 0x86];
const LOAD_LONG = 0x29;
/** … between them, … */
const [WRAP, EXTEND] = [0xa7, 0xad];
/** … and for 16 bytes at once. https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions */
const [LOAD_16, SPLAT, EQUAL_16, LESS_16, BITS_16] = [
  [0xfd, 0],
  [0xfd, 15],
  [0xfd, 35],
  [0xfd, 38],
  [0xfd, 100],
];
const [AND_16, OR_16, SUB_16, ALL_16] = [
  [0xfd, 78],
  [0xfd, 80],
  [0xfd, 113, 1],
  [0xfd, 99],
];

function beginnings(offset: number): Code {
  const bits = [get(AT), load(LOAD_16, offset), each('<'), EQUAL_16, BITS_16];
  return [bits, EXTEND, long(offset), LEFT_LONG];
}

function anyBegins(): Code {
  return [get(BEGINNINGS), long(0), UNEQUAL_LONG];
}

/** The first tag that is left of these 64 bytes. Nothing is in another element than the root. */
function tag(): Code {
  return [
    [get(AT), get(BEGINNINGS), ZEROS_BELOW_LONG, WRAP, ADD, set(TAG)],
    [get(BEGINNINGS), get(BEGINNINGS), long(1), SUB_LONG, AND_LONG, set(BEGINNINGS)],
    notPlainIf([get(DEPTH), NOT]),
    [get(TAG), load(LOAD_BYTE, 1), code('/'), EQUAL, set(CLOSES)],
    [letters(1), letters(17), constant(16), LEFT, OR, set(LETTERS)],
    // As many ones as letters follow each other.
    [get(LETTERS), get(CLOSES), RIGHT, constant(-1), XOR, ZEROS_BELOW, set(LENGTH)],
    notPlainIf([get(LENGTH), NOT]),
    [get(TAG), get(CLOSES), ADD, get(LENGTH), ADD, set(BEFORE_END)],
    [get(BEFORE_END), load(LOAD_BYTE, 1), code('>'), EQUAL],
    when([get(CLOSES), when(close(), open())], notPlainIf([get(CLOSES), get(ETAG), OR, isEmpty(), NOT, OR])),
  ];
}

function isEmpty(): Code {
  return [get(BEFORE_END), load(LOAD_PAIR, 1), constant(Buffer.from('/>').readUInt16LE()), EQUAL];
}

/** Of 16 bytes, which are letters: there are 26 from `a` on, and the others differ from them in one bit. */
function letters(offset: number): Code {
  const lower = [get(TAG), load(LOAD_16, offset), each(' '), OR_16];
  return [lower, each('a'), SUB_16, constant(26), SPLAT, LESS_16, BITS_16];
}

function open(): Code {
  return [
    // An ETag holds a text alone.
    notPlainIf(get(ETAG)),
    [get(TAG), load(LOAD_LONG, 1), set(NAME)],
    [get(NAME), long((1n << 40n) - 1n), AND_LONG, word('ETag>'), EQUAL_LONG],
    when([notPlainIf([get(OBJECT), NOT]), get(BEFORE_END), constant(2), ADD, set(ETAG)]),
    [isNamed('Contents'), get(LENGTH), constant(8), EQUAL, AND, isNamed('Version>'), OR],
    when([notPlainIf([get(DEPTH), constant(1), UNEQUAL]), get(TAG), set(OBJECT)]),
    // It may be another name that begins like this: then the list is looked at more closely than it has to be.
    [isNamed('Encoding'), when([constant(ENCODED_AT), constant(1), store(0)])],
    [get(DEPTH), constant(1), ADD, set(DEPTH)],
  ];
}

function close(): Code {
  const length = [get(BEFORE_END), constant(2), ADD, get(OBJECT), SUB];
  return [
    [get(DEPTH), constant(1), SUB, set(DEPTH)],
    [get(ETAG), when([closeEtag(), constant(0), set(ETAG)])],
    [get(DEPTH), constant(1), EQUAL, get(OBJECT), constant(0), UNEQUAL, AND],
    when([notPlainIf([length, constant(LONGEST_ELEMENT), MORE]), constant(0), set(OBJECT)]),
  ];
}

/** Nearly all have 32 digits in quotes of 6 bytes, of one, or none, the same before and behind them. */
function closeEtag(): Code {
  const place = [get(ETAG), get(QUOTE), ADD, constant(MD5_DIGITS), ADD];
  const ends = [place, get(QUOTE), ADD, get(TAG), EQUAL];
  const quotes = [get(ETAG), load(LOAD_LONG, 0), place, load(LOAD_LONG, 0), XOR_LONG];
  const ofQuote = [long(1), get(QUOTE), constant(3), LEFT, EXTEND, LEFT_LONG, long(1), SUB_LONG];
  return [
    [get(ETAG), load(LOAD_LONG, 0), long((1n << 48n) - 1n), AND_LONG, word('&quot;'), EQUAL_LONG],
    [constant('&quot;'.length), MULTIPLY, get(ETAG), load(LOAD_BYTE, 0), code('"'), EQUAL, ADD, set(QUOTE)],
    [get(NEXT), place, constant(0), get(ETAG), SUB],
    [
      ends,
      quotes,
      ofQuote,
      AND_LONG,
      NOT_LONG,
      AND,
      digits(0),
      digits(16),
      AND_16,
      ALL_16,
      AND,
      CHOOSE,
      store(0),
    ],
    [get(NEXT), constant(4), ADD, set(NEXT)],
  ];
}

/** Of 16 bytes behind a quote, which are digits of hex? */
function digits(offset: number): Code {
  const byte = [get(ETAG), get(QUOTE), ADD, load(LOAD_16, offset)];
  const decimal = [byte, each('0'), SUB_16, constant(10), SPLAT, LESS_16];
  return [decimal, byte, each(' '), OR_16, each('a'), SUB_16, constant(6), SPLAT, LESS_16, OR_16];
}

/** Is it that with which the name begins? */
function isNamed(characters: string): Code {
  return [get(NAME), word(characters), EQUAL_LONG];
}

function word(characters: string): Code {
  return long(Buffer.from(characters.padEnd(8, '\0'), 'latin1').readBigInt64LE());
}

function code(character: string): Code {
  return constant(character.charCodeAt(0));
}

function each(character: string): Code {
  return [code(character), SPLAT];
}

function notPlainIf(condition: Code): Code {
  return [condition, when([constant(-1), RETURN])];
}
