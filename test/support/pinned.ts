import type { SseKey } from '../../src/keys/key.ts';
import { pinUploadId } from '../../src/multipart/upload-id.ts';
import { parseTarget } from '../../src/s3/target.ts';

/** A raw target in which `uploadId=u` is what a client sees of the store's upload "u" that began with this key. */
export function pinnedTo(ssecKey: SseKey, rawTarget: string): string {
  const target = parseTarget(rawTarget, undefined, []);
  if (target.shape !== 'object') return rawTarget;
  const shown = pinUploadId('u', target, { began: 'ours', ssecKey });
  return rawTarget.replace(/\buploadId=u\b/, () => `uploadId=${encodeURIComponent(shown)}`);
}
