import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { StoreStep } from '../row.ts';
import { pattern } from '../wire/pattern.ts';
import type { Gates } from './gates.ts';
import type { Taking } from './taking.ts';

/** What the steps act upon. */
export interface Stage {
  readonly out: Duplex;
  readonly gates: Gates;
  readonly request: Taking | undefined;
  readonly deaf: () => void;
  readonly end: (how: 'fin' | 'reset' | 'cut' | 'close') => void;
}

const PIECE = 64 * 1024;
const FLOOD_BYTES = 16 * 1024;

/** Takes the steps one after the other, until the connection is gone. */
export async function takeSteps(steps: readonly StoreStep[], stage: Stage): Promise<void> {
  for (const step of steps) {
    if (stage.out.destroyed) return;
    await takeStep(step, stage);
  }
}

async function takeStep(step: StoreStep, stage: Stage): Promise<void> {
  if ('take' in step) await stage.request?.taken(step.take);
  else if ('say' in step) await write(stage.out, Buffer.from(spoken(step.say, stage.request), 'latin1'));
  else if ('object' in step) await writeObject(step.object, step.chunked === true, stage.out);
  else if ('flood' in step) await flood(step, stage.out);
  else if ('hold' in step) await stage.gates.hold(step.hold);
  else if ('pauseMs' in step) await pause(step.pauseMs);
  else if ('deaf' in step) stage.deaf();
  else stage.end(step.end);
}

function spoken(text: string, request: Taking | undefined): string {
  const echoed = (request?.head.fields ?? []).filter(([name]) =>
    /^x-amz-server-side-encryption-customer-(algorithm|key-md5)$/.test(name),
  );
  return text.replaceAll('{echo}', echoed.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
}

async function writeObject(
  [from, to]: readonly [number, number],
  chunked: boolean,
  out: Duplex,
): Promise<void> {
  for (let at = from; at < to; at += PIECE) {
    const piece = pattern(at, Math.min(to, at + PIECE));
    const head = chunked ? [Buffer.from(`${piece.length.toString(16)}\r\n`)] : [];
    await write(out, Buffer.concat([...head, piece, ...(chunked ? [Buffer.from('\r\n')] : [])]));
  }
}

async function flood(
  { flood: text, times, everyMs }: Extract<StoreStep, { flood: string }>,
  out: Duplex,
): Promise<void> {
  const count = everyMs === undefined ? Math.max(1, Math.floor(FLOOD_BYTES / text.length)) : 1;
  for (let left = times === 'endless' ? Number.POSITIVE_INFINITY : times; left > 0 && !out.destroyed; ) {
    const now = Math.min(left, count);
    await write(out, Buffer.from(text.repeat(now), 'latin1'));
    left -= now;
    if (everyMs !== undefined) await pause(everyMs);
  }
}

async function write(out: Duplex, bytes: Buffer): Promise<void> {
  if (!out.writable || out.write(bytes)) return;
  const gone = new AbortController();
  const closed = (): void => gone.abort();
  out.once('close', closed);
  if (out.destroyed) gone.abort();
  await once(out, 'drain', { signal: gone.signal }).catch(() => undefined);
  out.off('close', closed);
}
