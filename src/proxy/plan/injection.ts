import type { SseKey } from '../../keys/key.ts';
import { keysToTry, type ObjectName, writingKey } from '../../keys/ring.ts';
import type { Match, Rule } from '../../rules/match.ts';
import { ringOfRule } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { clientKey, keyless } from '../../ssec/client-key.ts';
import { type End, hasSsecHeader, ssecHeaderNames } from '../../ssec/headers.ts';
import type { Injection, Plan } from './plan.ts';

/** An object that a request reads or writes, and where it is. */
interface Ending extends Pick<Plan, 'match' | 'upstream'> {
  readonly object: ObjectName | undefined;
  readonly upload?: Plan['upload'];
}

/**
 * Which SSE-C headers one end of a request gets.
 *
 * @throws S3Error InvalidArgument for SSE-C headers of the client's that are neither a key nor an echo which may be
 *   dropped; InvalidRequest when the client brings a key where the rule says `clientHeaders: reject`, or leaves out the
 *   one that its upload began with; ServiceUnavailable while no key of the rule is available, or none writes yet
 */
export function injection(
  end: End,
  { match, object, upstream, upload }: Ending,
  {
    operation: { ssec },
    headers,
    now,
  }: { operation: Pick<Operation, 'ssec'>; headers: WireHeaders; now: Date },
): Injection {
  if (ssec === 'none' || object === undefined) return { kind: 'none' };
  if (match.kind === 'bucket' || match.kind === 'service') return { kind: 'none' };
  const own = hasSsecHeader(end, headers) ? ownKey(end, { match, ssec, headers }) : undefined;
  if (ssec === 'upload' && !upstream.provider.ssecOnComplete) return { kind: 'none' };
  if (own) return { kind: 'client', ssecKey: own };
  const ring = match.kind === 'default' ? undefined : ringOfRule(match.rule);
  if (match.kind === 'default' || ring === undefined) return { kind: 'none' };
  if (upload?.kind === 'ours') return { kind: 'inject', ring: [upload.ssecKey] };
  if (upload?.kind === 'client' && ssec === 'write') throw keyOfTheirs();
  if (upload && (upload.kind !== 'foreign' || !upload.trusted)) return { kind: 'none' };
  if (ssec === 'read') return { kind: 'inject', ring: keysToTry(ring, object, now) };
  const ssecKey = writingKey(ring, object, now);
  if (!ssecKey) throw unwritable(match.rule);
  return { kind: 'inject', ring: [ssecKey] };
}

/**
 * The client's own key; undefined where all that it sent is an echo, which asks for nothing that is not done: in a read,
 * and under a rule that encrypts.
 * @throws S3Error InvalidArgument, InvalidRequest
 */
function ownKey(
  end: End,
  { match, ssec, headers }: { match: Match; ssec: Exclude<Operation['ssec'], 'none'>; headers: WireHeaders },
): SseKey | undefined {
  const rule = match.kind === 'rule' ? match.rule : undefined;
  if (rule?.clientHeaders === 'reject' && headers.has(ssecHeaderNames(end).key)) throw rejected(rule);
  const own = clientKey(end, headers);
  const reads = end === 'target' && ssec === 'read';
  const encrypts = rule !== undefined && rule.encryption.kind !== 'off';
  if (!own && !reads && !encrypts) throw keyless(end);
  return own;
}

function keyOfTheirs(): S3Error {
  return new S3Error(
    'InvalidRequest',
    'The multipart upload began with an SSE-C key of your own. Send its customer key headers with every part.',
  );
}

function rejected({ name, encryption }: Rule): S3Error {
  const why = encryption.kind === 'off' ? 'stores without encryption' : 'supplies the keys here';
  return new S3Error(
    'InvalidRequest',
    `The request brings an SSE-C key of its own, but ${name} ${why}. Leave out the customer key headers, or have the rule say "clientHeaders: pass".`,
  );
}

function unwritable({ name }: Rule): S3Error {
  return new S3Error('ServiceUnavailable', `No key of ${name} writes yet. Try again later.`);
}
