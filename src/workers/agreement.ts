import { setTimeout as pause } from 'node:timers/promises';
import type { Place } from './place.ts';

/** Milliseconds. */
const TIMES = {
  /** To load a config: as long as commands and vaults may take. */
  prepare: 120_000,
  commit: 10_000,
  /** Before a worker reads the files again, which somebody may be writing. */
  again: 500,
} as const;

/** How often a worker that read something else than the master reads again. */
const MOST_READS = 3;

/**
 * Has all workers load the config, and then all use it, or none.
 * @param digest of the config that the master has loaded
 * @throws Error that says which worker can't, and why; all keep the config that they have
 */
export async function agree(places: readonly Place[], digest: string): Promise<void> {
  const serving = places.filter((place) => place.serving);
  const causes = await Promise.all(serving.map((place) => prepare(place, digest)));
  const cause = causes.find((one) => one !== undefined);
  if (cause !== undefined) {
    for (const { channel } of serving) channel?.tell('abort', {});
    throw new Error(cause);
  }
  await Promise.all(serving.map((place) => commit(place, digest)));
}

/** @returns why the worker can't use the config; undefined when it can, or has ended */
async function prepare(place: Place, digest: string): Promise<string | undefined> {
  const { channel, number } = place;
  let cause = '';
  for (let read = 1; read <= MOST_READS; read += 1) {
    const answer = await channel?.ask('prepare', {}, TIMES.prepare);
    // Another one is going to load what is there then.
    if (place.channel !== channel) return undefined;
    if (!answer) return `worker ${number} did not answer`;
    if (answer.kind === 'failed') return `worker ${number} can't load the config: ${answer.cause}`;
    if (answer.digest === digest) return undefined;
    cause = `worker ${number} loaded something else than the master; are files being written, or does a key store not give the same to all?${answer.warnings && ` It says: ${answer.warnings}`}`;
    await pause(TIMES.again);
  }
  return cause;
}

/** A worker that can't use what it has loaded must not go on by something else than the others. */
async function commit(place: Place, digest: string): Promise<void> {
  const answer = await place.channel?.ask('commit', {}, TIMES.commit);
  if (answer?.kind === 'taken') place.digest = digest;
  else if (place.serving)
    place.replace(`it could not use the new config: ${answer?.cause ?? 'it did not answer'}`);
}
