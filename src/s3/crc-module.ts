import {
  type Code,
  constant,
  END,
  get,
  I32,
  I64,
  instanceOf,
  load,
  long,
  repeat,
  set,
  VOID,
} from '../wasm-code.ts';

/** Words of 8 bytes that are in work at once, each with a remainder of its own: none waits for the one before it. */
export const BRAIDS = 4;

/** Where things are in the memory of the module, in bytes. */
const TABLE_BYTES = 256 * 8;
export const BRAID_TABLES_AT = 0;
export const WORD_TABLES_AT = 8 * TABLE_BYTES;
export const DATA_AT = 16 * TABLE_BYTES;
export const DATA_BYTES = 64 * 1024;
const PAGES = Math.ceil((DATA_AT + DATA_BYTES) / (64 * 1024));

export interface Crcs {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly update: (remainder: bigint, from: number, to: number) => bigint;
}

/**
 * WebAssembly for CRCs of up to 64 bits whose bits are reflected. `update`: the remainder, and where the data begin and
 * end → the remainder behind them.
 *
 * Slicing by 8, in braids: a remainder and a word are looked up byte by byte, in tables that say what is left of each byte
 * when so many bytes have followed. Those of a word: its 8 bytes. Those of a braid: as many as all braids have.
 * https://github.com/madler/zlib/blob/master/doc/crc-doc.1.0.pdf
 */
export function crcInstance(): Crcs {
  return instanceOf({
    name: 'update',
    takes: [I64, I32, I32],
    gives: I64,
    pages: PAGES,
    body: [locals(), braids(), words(), bytes(), get(REMAINDER)],
  }) as Crcs;
}

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

function left(): Code {
  return [get(TO), get(AT), SUB];
}

function step(size: number): Code {
  return [get(AT), constant(size), ADD, set(AT)];
}

function whenMoreThan(size: number, code: Code): Code {
  return [constant(size), left(), LESS, 0x04, VOID, code, END];
}
