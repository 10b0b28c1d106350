import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SseKey } from '../keys/key.ts';
import type { ObjectName } from '../keys/ring.ts';

/** Whose SSE-C key an upload began with: one of the rule's ring, or one that the client brought. */
type Beginning = 'ours' | 'client';

export interface Pin {
  readonly began: Beginning;
  /** That of the upload; where a client brought its own, one of the ring, which only vouches for the pin. */
  readonly ssecKey: SseKey;
}

/** What an UploadId that a client sent turns out to be. */
export type Reading =
  /** The store's own, as it is. */
  | { readonly kind: 'raw'; readonly uploadId: string }
  | { readonly kind: 'pinned'; readonly uploadId: string; readonly pin: Pin }
  /** The key that it names is not among the given ones. */
  | { readonly kind: 'unknown-key'; readonly fingerprint: string }
  /** Not of this object, or changed on its way. */
  | { readonly kind: 'forged' };

const PIN_KEY_LABEL = 'ssec-proxy/upload-id/v1';
/** 128 bits, in the letters of URLs. */
const FIELD_BYTES = 16;
const LETTERS: Readonly<Record<Beginning, string>> = { ours: 'o', client: 'c' };
/** Behind the store's own id, so that ids sort as the store sorts them. No store's ids hold a "~" there. */
const MARK = /^~ssec1([oc])([\w-]{22})([\w-]{22})$/;
const MARK_LENGTH = 51;

/**
 * The UploadId that clients see: the store's own, the fingerprint of the SSE-C key that the upload began with, and a
 * MAC over both, the bucket and the object key. The MAC's key is derived from that SSE-C key, so whoever holds the ring can
 * read the id, and nothing else has to be shared or kept. 51 characters longer than the store's, all of them of
 * `[A-Za-z0-9_~-]`.
 */
export function pinUploadId(uploadId: string, object: ObjectName, { began, ssecKey }: Pin): string {
  const mac = macOf(uploadId, object, { began, ssecKey });
  return `${uploadId}~ssec1${LETTERS[began]}${fingerprintText(ssecKey)}${mac}`;
}

/** Reads an UploadId that a client sent. @param ssecKeys those that the object may be stored under */
export function readUploadId(shown: string, object: ObjectName, ssecKeys: readonly SseKey[]): Reading {
  const [, letter, named, mac] = markOf(shown) ?? [];
  if (named === undefined || mac === undefined) return { kind: 'raw', uploadId: shown };
  const uploadId = shown.slice(0, -MARK_LENGTH);
  const ssecKey = ssecKeys.find((candidate) => fingerprintText(candidate) === named);
  if (!ssecKey) return { kind: 'unknown-key', fingerprint: Buffer.from(named, 'base64url').toString('hex') };
  const pin: Pin = { began: letter === LETTERS.ours ? 'ours' : 'client', ssecKey };
  // Compared as text: of the last character of base64 some bits mean nothing, and may not be changed either.
  const right = Buffer.from(macOf(uploadId, object, pin));
  return timingSafeEqual(right, Buffer.from(mac)) ? { kind: 'pinned', uploadId, pin } : { kind: 'forged' };
}

/** The store's own id, unverified: enough for a marker, which is only a place in a list. */
export function unpinned(shown: string): string {
  return isPinned(shown) ? shown.slice(0, -MARK_LENGTH) : shown;
}

export function isPinned(shown: string): boolean {
  return markOf(shown) !== null;
}

function markOf(shown: string): RegExpExecArray | null {
  return MARK.exec(shown.slice(-MARK_LENGTH));
}

function fingerprintText({ fingerprint }: SseKey): string {
  return Buffer.from(fingerprint, 'hex').toString('base64url');
}

/** Each part goes in with its length before it, so that nothing can pass from one into the next. */
function macOf(uploadId: string, { bucket, objectKey }: ObjectName, { began, ssecKey }: Pin): string {
  const bytes = Buffer.from(ssecKey.base64, 'base64');
  const pinKey = Buffer.from(hkdfSync('sha256', bytes, '', PIN_KEY_LABEL, 32));
  const hmac = createHmac('sha256', pinKey);
  for (const text of [began, bucket, objectKey, uploadId]) {
    const part = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.byteLength);
    hmac.update(length).update(part);
  }
  return hmac.digest().subarray(0, FIELD_BYTES).toString('base64url');
}
