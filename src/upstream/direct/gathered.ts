/** As much as a socket reads at once, in bytes. */
const BATCH_BYTES = 64 * 1024;

/** Who takes the bytes of a body, in pieces that are their own. */
export interface Taker {
  take(piece: Buffer): void;
}

/** TLS hands over a record at a time, of 16 KiB at most, and all of them that one reading brought one after the other. */
const batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
let owner: Taker | undefined;
let filled = 0;
let awaited = false;

/** Copies these bytes. They reach the taker with what follows them in this turn of the loop, in one piece. */
export function gather(taker: Taker, bytes: Buffer, from: number, to: number): void {
  if (owner !== taker) handOver();
  if (filled + to - from > BATCH_BYTES) handOver();
  if (filled === 0 && to - from > BATCH_BYTES / 2) {
    taker.take(copyOf(bytes, from, to));
    return;
  }
  owner = taker;
  filled += bytes.copy(batch, filled, from, to);
  if (awaited) return;
  awaited = true;
  setImmediate(atEndOfTurn);
}

/** What was gathered for this one is handed over now. */
export function handOverTo(taker: Taker): void {
  if (owner === taker) handOver();
}

function atEndOfTurn(): void {
  awaited = false;
  handOver();
}

function handOver(): void {
  const taker = owner;
  if (!taker) return;
  const piece = copyOf(batch, 0, filled);
  owner = undefined;
  filled = 0;
  taker.take(piece);
}

/** Large pieces have memory of their own, which is freed as soon as they are written on. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const length = to - from;
  const piece = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  bytes.copy(piece, 0, from, to);
  return piece;
}
