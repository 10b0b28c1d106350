import type { SseKey } from '../keys/key.ts';
import { writingKey } from '../keys/ring.ts';
import type { Rule } from '../rules/match.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Bench, Check, StoreBench } from './bench.ts';
import { carryOut } from './carry-out.ts';
import { bucketThere } from './checks/bucket.ts';
import { copy } from './checks/copy.ts';
import { encryption } from './checks/encryption.ts';
import { folding } from './checks/folding.ts';
import { framing } from './checks/framing.ts';
import { hashes } from './checks/hashes.ts';
import { listing } from './checks/listing.ts';
import { multipart } from './checks/multipart.ts';
import { ofObs } from './checks/obs.ts';
import { withKey, withoutKey, withWrongKey } from './checks/reads.ts';
import { write } from './checks/write.ts';
import { cleanUp } from './clean-up.ts';
import type { Checked } from './finding.ts';
import { judgeProvider } from './provider-fit.ts';
import { rehearse } from './rehearse.ts';
import { nothingSeen } from './seen.ts';
import type { Sequence } from './sequences/step.ts';

const PLACE_CHECKS: readonly Check<Bench>[] = [
  bucketThere,
  encryption,
  listing,
  write,
  withoutKey,
  withKey,
  withWrongKey,
  copy,
  multipart,
  framing,
  hashes,
  folding,
  ofObs,
];

export interface Examination {
  readonly snapshot: Snapshot;
  readonly clock: () => Date;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** That many unique bytes. */
  readonly bytes: (size: number) => Buffer;
  readonly signal: AbortSignal;
  /** Leaves out every check that writes. */
  readonly readOnly: boolean;
  /** A text that is unique to this run. */
  readonly nonce: string;
  /** A key under which nothing is stored. */
  readonly stranger: SseKey;
  /** A client whose requests to replay, where a rule encrypts. */
  readonly as: Sequence | undefined;
}

/** Examines the objects of a rule in one bucket. */
export async function examinePlace(
  rule: Rule,
  bucket: string,
  { upstream, client, clock, lookup }: StoreBench,
  examination: Examination,
): Promise<readonly Checked[]> {
  const { readOnly, nonce, stranger, as, bytes } = examination;
  const { encryption: wanted } = rule;
  const ring = wanted.kind === 'ssec' ? wanted.ring : undefined;
  const bench: Bench = {
    upstream,
    client,
    clock,
    lookup,
    bucket,
    prefix: rule.prefix,
    folder: `${rule.prefix}.ssec-proxy-doctor-${nonce}/`,
    keyOf: (objectKey) => {
      const ssecKey = ring && writingKey(ring, { bucket, objectKey }, clock());
      if (!ssecKey) throw new TypeError('no key writes here');
      return ssecKey;
    },
    stranger,
    bytes,
    seen: nothingSeen(),
    made: new Set(),
    uploads: new Map(),
  };
  const reason = whyNoWrites(rule, bench, readOnly);
  const findings: Checked[] = [];
  try {
    for (const check of PLACE_CHECKS) {
      if (check.needs !== 'nothing' && reason !== undefined) continue;
      if (check.needs === 'written' && !bench.written) continue;
      const found = await carryOut(check, bench);
      findings.push(...found);
      // Nothing can be written or read then: whatever else was tried would say the same in other words.
      if (!bench.written && found.some(({ grade }) => grade === 'stop')) break;
    }
    if (as && bench.written) {
      const rehearsal: Check<Bench> = {
        name: as.client,
        needs: 'written',
        run: (place) => rehearse(as, place, examination),
      };
      findings.push(...(await carryOut(rehearsal, bench)));
    }
  } finally {
    findings.push(...(await cleanUp(bench)));
  }
  if (reason !== undefined) return [...findings, reason];
  return bench.written
    ? [...findings, ...judgeProvider(upstream.name, upstream.provider, bench.seen)]
    : findings;
}

/** Why the checks write nothing there: they must not, or there is no key. */
function whyNoWrites(
  { encryption: wanted, name }: Rule,
  bench: Bench,
  readOnly: boolean,
): Checked | undefined {
  const check = 'write';
  if (wanted.kind === 'off') return { check, grade: 'note', found: 'encrypt: off, so nothing was written' };
  if (wanted.kind === 'waiting') {
    const keys = wanted.waitsFor.map(({ id, cause }) => `keys.${id}: ${cause}`);
    return { check, grade: 'stop', found: `${name} waits for an unavailable key: ${keys.join('; ')}` };
  }
  if (readOnly) return { check, grade: 'note', found: '--read-only: nothing was written' };
  const writes = writingKey(wanted.ring, { bucket: bench.bucket, objectKey: bench.folder }, bench.clock());
  return writes ? undefined : { check, grade: 'stop', found: `no key of ${name} writes yet (writesFrom)` };
}
