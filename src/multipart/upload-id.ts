import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SseKey } from '../keys/key.ts';
import type { ObjectName } from '../keys/ring.ts';

/** Whose SSE-C key an upload started with: one of the rule's ring, or one that the client sent. */
type Beginning = 'ours' | 'client';

export interface Pin {
  readonly began: Beginning;
  /** The key of the upload; if the client sent its own, a key of the ring, which only authenticates the pin. */
  readonly ssecKey: SseKey;
}

/** The kinds of UploadIds that clients send. */
export type Reading =
  /** The store's own, unchanged. */
  | { readonly kind: 'raw'; readonly uploadId: string }
  | { readonly kind: 'pinned'; readonly uploadId: string; readonly pin: Pin }
  /** It names a key that is not among the given ones. */
  | { readonly kind: 'unknown-key'; readonly fingerprint: string }
  /** It belongs to another object, or was changed. */
  | { readonly kind: 'forged' };

const PIN_KEY_LABEL = 'ssec-proxy/upload-id/v1';
/** 128 bits, in characters for URLs. */
const FIELD_BYTES = 16;
const LETTERS: Readonly<Record<Beginning, string>> = { ours: 'o', client: 'c' };
/** Behind the store's own id, so that ids sort as the store sorts them. No store's ids hold a "~" there. */
const MARK = /^~ssec1([oc])([\w-]{22})([\w-]{22})$/;
const MARK_LENGTH = 51;

/**
 * The UploadId that clients see: the store's own, the fingerprint of the SSE-C key that the upload began with, and a
 * MAC over both, the bucket and the object key. The MAC's key is derived from that SSE-C key, so every proxy with the ring can
 * verify the id, and nothing else has to be shared or stored. 51 characters longer than the store's, all of them of
 * `[A-Za-z0-9_~-]`.
 */
export function pinUploadId(uploadId: string, object: ObjectName, { began, ssecKey }: Pin): string {
  const mac = macOf(uploadId, object, { began, ssecKey });
  return `${uploadId}~ssec1${LETTERS[began]}${fingerprintText(ssecKey)}${mac}`;
}

/** Reads an UploadId that a client sent. @param ssecKeys the keys that the object may be stored under */
export function readUploadId(shown: string, object: ObjectName, ssecKeys: readonly SseKey[]): Reading {
  const [, letter, named, mac] = markOf(shown) ?? [];
  if (named === undefined || mac === undefined) return { kind: 'raw', uploadId: shown };
  const uploadId = shown.slice(0, -MARK_LENGTH);
  // To a store it would be no id at all.
  if (uploadId === '') return { kind: 'forged' };
  const ssecKey = ssecKeys.find((candidate) => fingerprintText(candidate) === named);
  if (!ssecKey) return { kind: 'unknown-key', fingerprint: Buffer.from(named, 'base64url').toString('hex') };
  const pin: Pin = { began: letter === LETTERS.ours ? 'ours' : 'client', ssecKey };
  // Compared as text: some bits of the last character of base64 mean nothing, but must not change either.
  const right = Buffer.from(macOf(uploadId, object, pin));
  return timingSafeEqual(right, Buffer.from(mac)) ? { kind: 'pinned', uploadId, pin } : { kind: 'forged' };
}

/**
 * The store's own id, unverified: enough for a marker, which is only a position in a list. Never empty: a mark alone stays
 * as it is, and no store knows an id like it.
 */
export function unpinned(shown: string): string {
  return (isPinned(shown) && shown.slice(0, -MARK_LENGTH)) || shown;
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

/** Each part is preceded by its length, so that no bytes can move from one part into the next. */
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
