import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys, writingKey } from '../keys/ring.ts';
import type { ListedUpload } from './upload-list.ts';

/**
 * The SSE-C key that an upload of a list most likely began with: the one that the ring wrote with at that moment. In a
 * ring whose keys have no times that is the first, now as then; so an upload from before a rotation is found only when
 * the new key says since when it writes. A wrong guess does no harm: the store keeps each upload to its key and refuses
 * parts under another.
 * For a marker, any key will do: it is only a place in the list.
 *
 * @returns undefined when no key of the ring wrote then
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
