import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys, writingKey } from '../keys/ring.ts';
import type { ListedUpload } from './upload-list.ts';

/**
 * The SSE-C key that an upload in a list most likely started with: the key with which the ring wrote at that time. In a
 * ring without times that is always the first key; so an upload from before a rotation is recognised only if the new key
 * has a `writesFrom`. A wrong guess does no harm: the store binds each upload to its key and refuses parts under another.
 * For a marker any key will do, because it is only a position in the list.
 *
 * @returns undefined when no key of the ring wrote at that time
 */
export function keyInitiatedWith(
  ring: Ring,
  object: ObjectName,
  { initiated }: ListedUpload,
): SseKey | undefined {
  if (initiated === undefined) return readingKeys(ring, object)[0];
  const began = new Date(initiated);
  if (Number.isNaN(began.getTime())) return undefined;
  return writingKey(ring, object, began);
}
