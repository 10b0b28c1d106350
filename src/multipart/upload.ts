import type { SseKey } from '../keys/key.ts';
import { readingKeys } from '../keys/ring.ts';
import type { Match, Rule, RuleSet } from '../rules/match.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { S3Error } from '../s3/errors.ts';
import type { Operation } from '../s3/operations.ts';
import type { Provider } from '../s3/providers.ts';
import type { Target } from '../s3/target.ts';
import { readUploadId, unpinned } from './upload-id.ts';

/** What is known of the upload that a request goes on with, under a rule that encrypts. */
export type Upload =
  /** It began with this SSE-C key of the ring, wherever in the ring that stands now. */
  | { readonly kind: 'ours'; readonly ssecKey: SseKey }
  /** It began with an SSE-C key of the client's own. */
  | { readonly kind: 'client' }
  /** It did not begin through this rule, and nobody knows how it did. */
  | { readonly kind: 'foreign'; readonly trusted: boolean }
  /** To be refused, once it is known that the caller may ask at all. */
  | { readonly kind: 'refused'; readonly refusal: S3Error };

interface Continuing {
  readonly operation: Operation;
  readonly target: Target;
  /** What the rules say of the target; a bucket or the service has no rule. */
  readonly match: Match | { readonly kind: 'bucket' } | { readonly kind: 'service' };
}

/**
 * The upload of an UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload or ListParts under a rule
 * that encrypts; undefined for any other request. Refused, with NoSuchUpload, are an id that was changed, is another
 * object's or names a key that the ring does not have; and parts and the end of an upload that did not begin through the
 * rule, unless that allows it and the store keeps uploads to their key.
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

/** The target as the store knows it: its own upload ids, where this proxy gives out others. */
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
  'Its id was made for another bucket or object, or was changed on its way. Use it as CreateMultipartUpload or ListMultipartUploads gave it.';

function keyGone({ name }: Rule, fingerprint: string): string {
  return `Its id names an SSE-C key (fingerprint ${fingerprint}) that ${name} does not have, or not any more. Put the key back into "encrypt", or take the id that ListMultipartUploads now gives, abort the upload and begin anew.`;
}

function foreign({ name }: Rule): string {
  return `${name} encrypts, and this upload did not begin through it. Abort it and begin anew, or have the rule say "foreignUploads: allow".`;
}

function unprovable({ name }: Rule, provider: Provider): string {
  return `${name} encrypts, and this upload did not begin through it, or its id comes from a list and this process has not seen it begin. The store (provider ${provider.name}) does not keep an upload to one key. Abort it and begin anew.`;
}
