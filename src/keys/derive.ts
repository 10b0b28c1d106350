import { createHmac } from 'node:crypto';
import { SseKey } from './key.ts';

/** Version 1 of the derivation. docs/reference/derived-keys.md specifies every byte; a change would make every object unreadable. */
const LABEL = Buffer.from('ssec-proxy/object-key/v1', 'ascii');

/** How a ring entry derives a key for each object. */
export interface Derivation {
  /** Replaces the bucket name. */
  readonly context: string | undefined;
}

/**
 * The SSE-C key of one object: HKDF-SHA256 (https://www.rfc-editor.org/rfc/rfc5869) of the master key, without a salt,
 * 32 bytes long. The info is the label, the length of the context in bytes (two of them, big-endian), the context and the
 * object key, all texts as UTF-8.
 *
 * @throws Error when the master key is damaged in memory
 */
export function deriveKey(master: SseKey, context: string, objectKey: string): SseKey {
  master.requireWhole();
  const scope = Buffer.from(context, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(scope.byteLength);
  const info = Buffer.concat([LABEL, length, scope, Buffer.from(objectKey, 'utf8')]);
  return new SseKey(`${master.id}${DERIVED}`, hkdf(Buffer.from(master.base64, 'base64'), info));
}

/** Has a slash, which no id in a config has. */
const DERIVED = '/object';

/** The id in the config of a key, or of the master key that it was derived from. */
export function configIdOf({ id }: Pick<SseKey, 'id'>): { readonly id: string; readonly derived: boolean } {
  const derived = id.endsWith(DERIVED);
  return { id: derived ? id.slice(0, -DERIVED.length) : id, derived };
}

const NO_SALT = Buffer.alloc(32);

/** 32 bytes, one block. Node's own HKDF takes an info of at most 1024 bytes, and an object key alone can have 1024. */
function hkdf(ikm: Uint8Array, info: Uint8Array): Uint8Array {
  const extracted = createHmac('sha256', NO_SALT).update(ikm).digest();
  return createHmac('sha256', extracted).update(info).update(Uint8Array.of(1)).digest();
}
