import { keysToTry, type ObjectName, writingKey } from '../../keys/ring.ts';
import type { Rule } from '../../rules/match.ts';
import { ringOfRule } from '../../rules/ring-of.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import {
  CUSTOMER_ALGORITHM,
  CUSTOMER_KEY_MD5,
  type End,
  hasClientKey,
  SSE_PREFIX,
} from '../../ssec/headers.ts';
import type { Injection, Plan } from './plan.ts';

/** An object that a request reads or writes, and where it is. */
interface Ending extends Pick<Plan, 'match' | 'upstream'> {
  readonly object: ObjectName | undefined;
  readonly upload?: Plan['upload'];
}

/**
 * Which SSE-C headers one end of a request gets.
 *
 * @throws S3Error InvalidArgument for a write that claims a key and sends none; InvalidRequest when the client brings a key where the rule says `clientHeaders: reject`, or leaves out
 *   the one that its upload began with; ServiceUnavailable while no key of the rule is available, or none writes yet
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
  if (ssec === 'none' || (ssec === 'upload' && !upstream.provider.ssecOnComplete)) return { kind: 'none' };
  if (object === undefined || match.kind === 'bucket' || match.kind === 'service') return { kind: 'none' };
  if (hasClientKey(end, headers)) {
    if (match.kind === 'rule' && match.rule.clientHeaders === 'reject') throw rejected(match.rule);
    return { kind: 'client' };
  }
  const ring = match.kind === 'default' ? undefined : ringOfRule(match.rule);
  const claimed = headers.has(CUSTOMER_ALGORITHM) || headers.has(CUSTOMER_KEY_MD5);
  if (claimed && ssec === 'write' && !(ring && isEcho(headers))) throw keyless();
  if (match.kind === 'default' || ring === undefined) return { kind: 'none' };
  if (upload?.kind === 'ours') return { kind: 'inject', ring: [upload.ssecKey] };
  if (upload?.kind === 'client' && ssec === 'write') throw keyOfTheirs();
  if (upload && (upload.kind !== 'foreign' || !upload.trusted)) return { kind: 'none' };
  if (ssec === 'read') return { kind: 'inject', ring: keysToTry(ring, object, now) };
  const ssecKey = writingKey(ring, object, now);
  if (!ssecKey) throw unwritable(match.rule);
  return { kind: 'inject', ring: [ssecKey] };
}

/** Clients copy the algorithm and the key's MD5 from the answer to a HEAD: under a rule that encrypts they ask for what is done. */
function isEcho(headers: WireHeaders): boolean {
  return (headers.joined(CUSTOMER_ALGORITHM) ?? 'AES256') === 'AES256';
}

/** Without the header the object would be stored in plain, with 200. */
function keyless(): S3Error {
  return new S3Error(
    'InvalidArgument',
    'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.',
    { fields: { ArgumentName: `${SSE_PREFIX}-customer-key` } },
  );
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
