/** Bytes of a module of WebAssembly: instructions, and what is on the stack when they come. */
export type Code = readonly (number | Code)[];

/** As far as it is needed: no library of TypeScript without a browser has it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** One function and its memory. */
interface Written {
  readonly name: string;
  readonly takes: readonly number[];
  readonly gives: number;
  /** Of the memory, which has 64 KiB each. */
  readonly pages: number;
  /** Locals and instructions, without the end. */
  readonly body: Code;
}

/**
 * An instance of a module with one function, which it exports under its name beside the `memory`. It reserves 8 GiB of
 * addresses, so there are few. https://webassembly.github.io/spec/core/binary/modules.html
 */
export function instanceOf({ name, takes, gives, pages, body }: Written): unknown {
  const code = flat([body, END]);
  const module = Uint8Array.from([
    ...MAGIC,
    ...section(1, [1, 0x60, takes.length, takes, 1, gives]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, text('memory'), 2, 0, text(name), 0, 0]),
    ...section(10, [1, unsigned(code.length), code]),
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
}

/** And version 1. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export const [I64, I32] = [0x7e, 0x7f];
export const [END, VOID] = [0x0b, 0x40];

export function get(local: number): Code {
  return [0x20, local];
}

export function set(local: number): Code {
  return [0x21, local];
}

export function constant(value: number): Code {
  return [0x41, signed(value)];
}

export function long(value: number | bigint): Code {
  return [0x42, signed(value)];
}

/** At any address: nothing is promised of its alignment. */
export function load(instruction: Code | number, offset: number): Code {
  return [instruction, 0, unsigned(offset)];
}

/** Of an i32. */
export function store(offset: number): Code {
  return [0x36, 0, unsigned(offset)];
}

export const RETURN = 0x0f;

/** @param code leaves on the stack whether it is to be repeated */
export function repeat(code: Code): Code {
  return [0x03, VOID, code, 0x0d, 0, END];
}

/** Does the code if what is on the stack is not 0. */
export function when(code: Code, otherwise: Code = []): Code {
  return [0x04, VOID, code, otherwise.length > 0 ? [0x05, otherwise] : [], END];
}

function section(id: number, content: Code): number[] {
  const inside = flat(content);
  return flat([id, unsigned(inside.length), inside]);
}

function text(name: string): Code {
  return [name.length, [...Buffer.from(name, 'latin1')]];
}

/** LEB128 of a number from 0 on. https://webassembly.github.io/spec/core/binary/values.html */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, unsigned(value >>> 7)];
}

/** The same with a sign, which is the highest bit of the last byte. */
function signed(value: number | bigint): Code {
  const byte = Number(BigInt.asUintN(7, BigInt(value)));
  const rest = BigInt(value) >> 7n;
  const ends = byte < 0x40 ? rest === 0n : rest === -1n;
  return ends ? [byte] : [byte | 0x80, signed(rest)];
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? part : flat(part)));
}
