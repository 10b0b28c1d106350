import type { SseKey } from '../keys/key.ts';
import { readingKeys } from '../keys/ring.ts';
import type { Match, Rule, RuleSet } from '../rules/match.ts';
import { ringOfRule } from '../rules/match.ts';
import { S3Error } from '../s3/errors.ts';
import type { Operation } from '../s3/operations.ts';
import type { Provider } from '../s3/providers.ts';
import type { Target } from '../s3/target.ts';
import { readUploadId, unpinned } from './upload-id.ts';

/** What is known about the upload that a request continues, under a rule that encrypts. */
export type Upload =
  /** It started with this SSE-C key of the ring, at whatever position in the ring the key is now. */
  | { readonly kind: 'ours'; readonly ssecKey: SseKey }
  /** It started with an SSE-C key of the client's own. */
  | { readonly kind: 'client' }
  /** It was not started under this rule, and nobody knows how it was. */
  | { readonly kind: 'foreign'; readonly trusted: boolean }
  /** To refuse, once it is known that the caller has the permission. */
  | { readonly kind: 'refused'; readonly refusal: S3Error };

interface Continuing {
  readonly operation: Operation;
  readonly target: Target;
  /** The match of the target; a bucket or the service has no rule. */
  readonly match: Match | { readonly kind: 'bucket' } | { readonly kind: 'service' };
}

/**
 * The upload of an UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload or ListParts under a rule
 * that encrypts; undefined for any other request. Refuses with NoSuchUpload: an id that was changed, belongs to another
 * object or names a key that is not in the ring; and parts and the completion of an upload that was not started under the
 * rule, unless the rule allows it and the store binds uploads to their key.
 */
export function continuedUpload(
  { operation, target, match }: Continuing,
  provider: Provider,
): Upload | undefined {
  if (!operation.query.includes('uploadId') || target.shape !== 'object' || match.kind !== 'rule')
    return undefined;
  const { rule } = match;
  const ring = ringOfRule(rule);
  if (ring === undefined) return undefined;
  const shown = target.query.get('uploadId') ?? '';
  const reading = readUploadId(shown, target, readingKeys(ring, target));
  if (reading.kind === 'pinned') {
    const { began, ssecKey } = reading.pin;
    return began === 'ours' ? { kind: 'ours', ssecKey } : { kind: 'client' };
  }
  if (reading.kind === 'unknown-key') return noSuchUpload(shown, keyGone(rule, reading.fingerprint));
  if (reading.kind === 'forged') return noSuchUpload(shown, FORGED);
  const pinned = provider.uploads !== 'unpinned';
  const trusted = pinned && rule.foreignUploads === 'allow';
  if (!trusted && continuesUpload(operation))
    return noSuchUpload(shown, pinned ? foreign(rule) : unprovable(rule, provider));
  return { kind: 'foreign', trusted };
}

/** The target for the store: with its own upload ids in the place of the proxy's. */
export function storeTarget({ operation, target, match }: Continuing, rules: RuleSet): Target {
  const { query } = target;
  if (operation.name === 'ListMultipartUploads' && target.shape === 'bucket') {
    const marker = query.get('upload-id-marker');
    const encrypted = isEncrypted(rules.matchObject(target.bucket, query.get('key-marker') ?? ''));
    return marker === undefined || !encrypted
      ? target
      : withQuery(target, 'upload-id-marker', unpinned(marker));
  }
  const uploadId = query.get('uploadId');
  return uploadId === undefined || !isEncrypted(match)
    ? target
    : withQuery(target, 'uploadId', unpinned(uploadId));
}

function withQuery(target: Target, name: string, value: string): Target {
  return { ...target, query: target.query.with(name, value) };
}

function isEncrypted(match: Continuing['match']): boolean {
  return match.kind === 'rule' && match.rule.encryption.kind !== 'off';
}

/** Does it add to the upload or end it? Listing and aborting do neither. */
export function continuesUpload({ method }: Operation): boolean {
  return method === 'PUT' || method === 'POST';
}

function noSuchUpload(uploadId: string, why: string): Upload {
  const message = `The specified upload does not exist. ${why}`;
  const refusal = new S3Error('NoSuchUpload', message, { fields: { UploadId: uploadId } });
  return { kind: 'refused', refusal };
}

const FORGED =
  'Its id belongs to another bucket or object, or was changed. Use the id exactly as CreateMultipartUpload or ListMultipartUploads returned it.';

function keyGone({ name }: Rule, fingerprint: string): string {
  return `Its id names an SSE-C key (fingerprint ${fingerprint}) that ${name} does not have, or no longer has. Put the key back into "encrypt", or take the id that ListMultipartUploads returns now, abort the upload and start a new one.`;
}

function foreign({ name }: Rule): string {
  return `${name} encrypts, but this upload was not started under it. Abort it and start a new one, or set "foreignUploads: allow" in the rule.`;
}

function unprovable({ name }: Rule, provider: Provider): string {
  return `${name} encrypts, but this upload was not started under it, or its id comes from a list and this process has not seen its start. The store (provider ${provider.name}) does not bind an upload to one key. Abort it and start a new one.`;
}
