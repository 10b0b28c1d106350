import type { SseKey } from '../keys/key.ts';
import { candidateKeys } from '../snapshot/candidate-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { upstreamOf } from '../snapshot/upstream-of.ts';
import { StoreFailure } from '../store-client/answer.ts';
import type { StoreClient } from '../store-client/client.ts';
import { type Listed, listAll } from '../store-client/list.ts';
import { type Opening, openVersion } from '../store-client/open.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

/** The result for one version. */
export type State =
  /** Only a key of its rule's ring opens it. */
  | 'opens'
  /** A key of the config opens it that is not in its rule's ring, so the proxy can't read it. */
  | 'outside-ring'
  /** It is encrypted under a key that is not in the config. */
  | 'unknown-key'
  /** Anybody with the store's credentials can read it. */
  | 'plain'
  /** The store refuses it, or breaks off, for another reason than its encryption. */
  | 'unreadable'
  | 'delete-marker'
  /** It was deleted between the list and the check. */
  | 'gone';

export interface Verdict {
  readonly bucket: string;
  readonly listed: Listed;
  readonly state: State;
  /** Its path in the config. */
  readonly rule: string;
  /** Does its rule encrypt? */
  readonly encrypts: boolean;
  readonly ssecKey: SseKey | undefined;
  /** For an unreadable version. */
  readonly failure: Failure | undefined;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** Did the store fail, rather than refuse? */
  readonly transient: boolean;
}

export interface Judging {
  readonly client: StoreClient;
  readonly snapshot: Snapshot;
}

/** Is it under an encrypting rule but not encrypted as that rule demands? */
export function isFault({ encrypts, state }: Verdict): boolean {
  return encrypts && !['opens', 'delete-marker', 'gone'].includes(state);
}

/** Checks one version. @throws UpstreamError when the store can't be reached at all */
export async function judge(bucket: string, listed: Listed, judging: Judging): Promise<Verdict> {
  const { objectKey } = listed;
  const candidates = candidateKeys(judging.snapshot.rules, { bucket, objectKey });
  const { rule, encrypts } = candidates;
  const base: Omit<Verdict, 'state'> = {
    bucket,
    listed,
    rule,
    encrypts,
    ssecKey: undefined,
    failure: undefined,
  };
  if (listed.kind === 'marker') return { ...base, state: 'delete-marker' };
  const opening = await open(
    { bucket, objectKey, versionId: listed.versionId },
    candidates.ssecKeys,
    judging,
  );
  if (opening.kind === 'opens') {
    const { ssecKey } = opening;
    return { ...base, ssecKey, state: !encrypts || candidates.holds(ssecKey) ? 'opens' : 'outside-ring' };
  }
  if (opening.kind === 'absent') return { ...base, ...(await whetherGone(bucket, listed, judging)) };
  if (opening.kind === 'unreadable') {
    return { ...base, state: 'unreadable', failure: failureOf(opening.failure) };
  }
  return { ...base, state: opening.kind === 'plain' ? 'plain' : 'unknown-key' };
}

async function open(
  version: { bucket: string; objectKey: string; versionId: string | undefined },
  ssecKeys: Iterable<SseKey>,
  { client, snapshot }: Judging,
): Promise<Opening> {
  try {
    const { provider } = upstreamOf(snapshot, version.bucket);
    return await openVersion(version, { client, provider, ssecKeys });
  } catch (error) {
    // One object may break every connection that reads it. An unreachable store, though, is not the fault of the object.
    if (error instanceof UpstreamError && (error.fault === 'reset' || error.fault === 'silent')) {
      return { kind: 'unreadable', failure: new StoreFailure(0, error.fault, error.message) };
    }
    throw error;
  }
}

function failureOf({ status, code, message }: StoreFailure): Failure {
  return { code, message, transient: status === 0 || status === 429 || status >= 500 };
}

const LOST: Failure = {
  code: 'NoSuchKey',
  message: 'The list has it, but the store does not find it.',
  transient: false,
};

/** A version that is still in the list but not found is lost; one that is no longer in the list was deleted meanwhile. */
async function whetherGone(
  bucket: string,
  { objectKey, versionId }: Listed,
  { client }: Judging,
): Promise<Pick<Verdict, 'state' | 'failure'>> {
  const { entries } = await listAll(client, { bucket, prefix: objectKey });
  for await (const other of entries) {
    if (other.objectKey !== objectKey) break;
    if (other.kind === 'version' && other.versionId === versionId) {
      return { state: 'unreadable', failure: LOST };
    }
  }
  return { state: 'gone', failure: undefined };
}
