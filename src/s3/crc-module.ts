/** Words of 8 bytes that are in work at once, each with a remainder of its own: none waits for the one before it. */
export const BRAIDS = 4;

/** Where things are in the memory of the module, in bytes. */
const TABLE_BYTES = 256 * 8;
export const BRAID_TABLES_AT = 0;
export const WORD_TABLES_AT = 8 * TABLE_BYTES;
export const DATA_AT = 16 * TABLE_BYTES;
export const DATA_BYTES = 64 * 1024;
const PAGES = Math.ceil((DATA_AT + DATA_BYTES) / (64 * 1024));

/**
 * A module of WebAssembly for CRCs of up to 64 bits whose bits are reflected. It exports its `memory`, and `update`: the
 * remainder, and where the data begin and end → the remainder behind them.
 *
 * Slicing by 8, in braids: a remainder and a word are looked up byte by byte, in tables that say what is left of each byte
 * when so many bytes have followed. Those of a word: its 8 bytes. Those of a braid: as many as all braids have.
 * https://github.com/madler/zlib/blob/master/doc/crc-doc.1.0.pdf
 */
export function crcModule(): Uint8Array {
  const body = flat([locals(), braids(), words(), bytes(), get(REMAINDER), END]);
  return Uint8Array.from([
    ...MAGIC,
    // (type (func (param i64 i32 i32) (result i64)))
    ...section(1, [1, 0x60, 3, I64, I32, I32, 1, I64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [2, name('memory'), 2, 0, name('update'), 0, 0]),
    ...section(10, [1, unsigned(body.length), body]),
  ]);
}

/** And version 1. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Bytes of the module: instructions, and what is on the stack when they come. */
type Code = readonly (number | Code)[];

const [I64, I32] = [0x7e, 0x7f];
const [END, VOID] = [0x0b, 0x40];
/** Instructions for i32 … */
const [ADD, SUB, AND, LESS] = [0x6a, 0x6b, 0x71, 0x49];
/** … and for i64. The last one makes an i32 of it. */
const [XOR, LEFT, RIGHT, WRAP] = [0x85, 0x86, 0x88, 0xa7];

/** What update is given … */
const [REMAINDER, AT, TO] = [0, 1, 2];
/** … and what it has of its own: the remainders of all braids but the first, a word, and where braids end. */
const WORD = TO + BRAIDS;
const LIMIT = WORD + 1;

function locals(): Code {
  return [2, BRAIDS, I64, 1, I32];
}

/** While there is a word for each braid, and one for each behind them: the last ones are put together. */
function braids(): Code {
  const all = Array.from({ length: BRAIDS }, (_, braid) => braid);
  const remainder = (braid: number): number => (braid === 0 ? REMAINDER : TO + braid);
  const width = 8 * BRAIDS;
  return whenMoreThan(2 * width - 1, [
    [get(TO), constant(2 * width - 1), SUB, set(LIMIT)],
    repeat([
      all.map((braid) => [wordAt(8 * braid), get(remainder(braid)), XOR, set(remainder(braid))]),
      all.map((braid) => [lookUp(remainder(braid), BRAID_TABLES_AT), set(remainder(braid))]),
      step(width),
      [get(AT), get(LIMIT), LESS],
    ]),
    [long(0), set(WORD)],
    all.map((braid) => [
      [wordAt(8 * braid), get(remainder(braid)), XOR, get(WORD), XOR, set(WORD)],
      [lookUp(WORD, WORD_TABLES_AT), set(WORD)],
    ]),
    [get(WORD), set(REMAINDER)],
    step(width),
  ]);
}

function words(): Code {
  return whenMoreThan(
    7,
    repeat([
      [wordAt(0), get(REMAINDER), XOR, set(WORD)],
      [lookUp(WORD, WORD_TABLES_AT), set(REMAINDER)],
      step(8),
      [constant(7), left(), LESS],
    ]),
  );
}

/** The last table of a word is about its last byte, which nothing follows. */
function bytes(): Code {
  return whenMoreThan(
    0,
    repeat([
      [get(AT), load(BYTE, 0), get(REMAINDER), XOR, set(WORD)],
      entry(WORD, 0, WORD_TABLES_AT + 7 * TABLE_BYTES),
      [get(REMAINDER), long(8), RIGHT, XOR, set(REMAINDER)],
      step(1),
      [get(AT), get(TO), LESS],
    ]),
  );
}

/** What is left of a word: of each byte, all of them added in pairs, so that few wait for others. */
function lookUp(word: number, tablesAt: number): Code {
  const sum = (from: number, to: number): Code => {
    if (to - from === 1) return entry(word, from, tablesAt + from * TABLE_BYTES);
    const middle = (from + to) / 2;
    return [sum(from, middle), sum(middle, to), XOR];
  };
  return sum(0, 8);
}

/** The entry of one byte of a word, counted from the lowest. Entries have 8 bytes. */
function entry(word: number, byte: number, tableAt: number): Code {
  const shifted = byte === 0 ? [long(3), LEFT] : [long(8 * byte - 3), RIGHT];
  return [get(word), shifted, WRAP, constant(0xff * 8), AND, load(WHOLE_WORD, tableAt)];
}

function wordAt(offset: number): Code {
  return [get(AT), load(WHOLE_WORD, offset)];
}

/** i64.load and i64.load8_u. */
const WHOLE_WORD = 0x29;
const BYTE = 0x31;

/** At any address: nothing is promised of its alignment. */
function load(size: number, offset: number): Code {
  return [size, 0, unsigned(offset)];
}

function left(): Code {
  return [get(TO), get(AT), SUB];
}

function step(size: number): Code {
  return [get(AT), constant(size), ADD, set(AT)];
}

function whenMoreThan(size: number, code: Code): Code {
  return [constant(size), left(), LESS, 0x04, VOID, code, END];
}

/** @param code leaves on the stack whether it is to be repeated */
function repeat(code: Code): Code {
  return [0x03, VOID, code, 0x0d, 0, END];
}

function get(local: number): Code {
  return [0x20, local];
}

function set(local: number): Code {
  return [0x21, local];
}

function constant(value: number): Code {
  return [0x41, signed(value)];
}

function long(value: number): Code {
  return [0x42, signed(value)];
}

function section(id: number, content: Code): number[] {
  const inside = flat(content);
  return flat([id, unsigned(inside.length), inside]);
}

function name(text: string): Code {
  return [text.length, [...Buffer.from(text, 'latin1')]];
}

/** LEB128 of a number from 0 on. https://webassembly.github.io/spec/core/binary/values.html */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, unsigned(value >>> 7)];
}

/** The same where the highest bit is the sign: it has to be 0. */
function signed(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, signed(value >>> 7)];
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? part : flat(part)));
}
