import type { Snapshot } from '../snapshot/snapshot.ts';
import type { StoreClient } from '../store-client/client.ts';
import { type Listed, listAll, type Place } from '../store-client/list.ts';
import { concurrently } from './concurrently.ts';
import { judge, type Verdict } from './judge.ts';

export interface Verifying {
  readonly client: StoreClient;
  readonly snapshot: Snapshot;
  /** Versions that are checked at once. */
  readonly concurrency: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** The share of the versions to check, above 0 to 1. */
  readonly share: number;
}

export interface Verified {
  /** `objects`: the store lists no versions, so only current objects were checked. */
  readonly of: 'versions' | 'objects';
  readonly verdicts: AsyncGenerator<Verdict, void, undefined>;
}

/**
 * Checks every version of every object in a place, and changes nothing.
 * @throws StoreFailure, UpstreamError when the store can't be asked, from here or while the verdicts are read
 */
export async function verifyPlace(place: Place, verifying: Verifying): Promise<Verified> {
  const { client, concurrency, share, random } = verifying;
  const { of, entries } = await listAll(client, place);
  const chosen = share === 1 ? entries : sample(entries, share, random);
  const look = (listed: Listed): Promise<Verdict> => judge(place.bucket, listed, verifying);
  return { of, verdicts: stopping(concurrently(chosen, concurrency, look)) };
}

async function* sample(
  entries: AsyncGenerator<Listed, void, undefined>,
  share: number,
  random: () => number,
): AsyncGenerator<Listed, void, undefined> {
  for await (const listed of entries) if (random() < share) yield listed;
}

/** After this many versions in a row without an answer, the store is at fault and not the versions. */
const MOST_IN_A_ROW = 50;

/** Ends a run that would hardly end: each version without an answer takes several tries. */
async function* stopping(
  verdicts: AsyncGenerator<Verdict, void, undefined>,
): AsyncGenerator<Verdict, void, undefined> {
  let inARow = 0;
  for await (const verdict of verdicts) {
    yield verdict;
    inARow = verdict.failure?.transient === true ? inARow + 1 : 0;
    if (inARow < MOST_IN_A_ROW) continue;
    throw new Error(
      `the store failed to answer ${MOST_IN_A_ROW} times in a row: ${verdict.failure?.message}`,
    );
  }
}
