const PERIOD = 251;
const BLOCK = Buffer.from(Array.from({ length: PERIOD * 512 }, (_, at) => 33 + ((at % PERIOD) % 94)));

/** Bytes of the object that every test reads and writes: each has its place, so that a shift or a gap shows. */
export function pattern(from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  for (let at = 0; at < bytes.length; ) {
    const begin = (from + at) % PERIOD;
    at += BLOCK.copy(bytes, at, begin, Math.min(BLOCK.length, begin + bytes.length - at));
  }
  return bytes;
}
