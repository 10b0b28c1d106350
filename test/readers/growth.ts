import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { S3Error } from '../../src/s3/errors.ts';
import type { Reader } from './table.ts';

/** Times are of the CPU, in milliseconds: the machine may be busy. */
const BASE_MS = 20;
const FIRST_SIZE = 4096;
/** Beyond any limit of the proxy; and where the square of the size is seconds. */
const LARGEST = 8 * 1024 * 1024;
export const LARGE = 256 * 1024;
const TIMES_THE_SIZE = 8;
export const TIMES_THE_CPU = 16;
const TRIES = 6;

/** What others left behind is collected before a reader is measured, not while. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export interface Growth {
  /** In characters: the smallest that takes `BASE_MS`; undefined where the largest takes less. */
  readonly size: number | undefined;
  readonly base: number;
  /** Of eight times the size. */
  readonly larger: number;
}

/** How the CPU of a reader grows with its input: from a base that can be measured, to eight times as much. */
export async function growthOf(
  { read }: Reader,
  worst: (size: number) => string,
  largest = LARGEST,
): Promise<Growth> {
  let base = 0;
  for (let size = FIRST_SIZE; size <= largest; size *= 2) {
    base = await cpuOf(read, worst(size));
    if (base < BASE_MS) continue;
    let larger = 0;
    for (let tried = 0; tried < TRIES; tried += 1) {
      const text = worst(size * TIMES_THE_SIZE);
      collect();
      const again = await cpuOf(read, text);
      larger = tried === 0 ? again : Math.min(larger, again);
      if (larger <= base * TIMES_THE_CPU) break;
      base = Math.max(base, await cpuOf(read, worst(size)));
    }
    return { size, base, larger };
  }
  return { size: undefined, base, larger: base };
}

async function cpuOf(read: Reader['read'], text: string): Promise<number> {
  const before = process.threadCpuUsage();
  await readSafely(read, text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** A refusal in S3's words is an answer; anything else that is thrown is a fault of the reader. */
export async function readSafely(read: Reader['read'], text: string): Promise<void> {
  try {
    await read(text);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
  }
}
