import type { Unsized } from './unsized.ts';

/** What was read of a body first. */
export interface Beginning {
  /** Each in memory of its own: one of up to the size of a part, but for a body that is held whole. */
  readonly pieces: readonly [Buffer, ...Buffer[]];
  /** Is that all of it? */
  readonly whole: boolean;
}

/**
 * Reads the whole of a short body, or the beginning of a longer one. Memory is asked for as it comes: most are small, and a
 * body that takes less leaves more to others.
 * @param begin asks the client for it, once there is room
 * @param most bytes that are read
 */
export async function beginningOf(unsized: Unsized, begin: () => void, most: number): Promise<Beginning> {
  const { reader, room, limits } = unsized;
  const more = (): Promise<boolean> => room.filling(() => reader.more());
  await room.take(limits.first);
  begin();
  const small = Buffer.allocUnsafeSlow(limits.first);
  const size = await room.filling(() => reader.fill(small));
  if (!(await more())) return { pieces: [small.subarray(0, size)], whole: true };
  const pieces: [Buffer, ...Buffer[]] = [await nextPiece(unsized, 0, most, small)];
  let held = pieces[0].byteLength;
  while (held < most && (await more())) {
    const piece = await nextPiece(unsized, held, most);
    pieces.push(piece);
    held += piece.byteLength;
  }
  return { pieces, whole: held < most || !(await more()) };
}

/** @param head what is here already */
async function nextPiece(
  { reader, room, limits }: Unsized,
  held: number,
  most: number,
  head: Buffer = NOTHING,
): Promise<Buffer> {
  const bytes = Math.min(limits.part, most - held);
  await room.take(held + bytes);
  const piece = Buffer.allocUnsafeSlow(bytes);
  head.copy(piece);
  const end = await room.filling(() => reader.fill(piece, head.byteLength));
  return piece.subarray(0, end);
}

const NOTHING = Buffer.of();
