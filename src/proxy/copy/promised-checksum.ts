import { readLateDocument } from '../../response/late-document.ts';
import { readDocument } from '../../s3/document.ts';
import { getsTrailers } from '../plan/plan.ts';
import { askEnd, type Copying } from './ask.ts';
import { StoreRefusal } from './store-refusal.ts';
import { aboutTarget } from './written-headers.ts';

/**
 * Which checksum the upload of a part was promised when it began; the store is asked, since a copy of a part does not say.
 * Undefined where there is none, where the store does not tell, and where it never got the promise.
 */
export async function promisedChecksum(copying: Copying, uploadId: string): Promise<string | undefined> {
  const { message, plan } = copying;
  if (!getsTrailers(plan.upstream)) return undefined;
  const query = { uploadId, 'max-parts': '1' };
  const headers = aboutTarget(message.headers);
  try {
    const { answer } = await askEnd(copying, { end: 'target', name: 'ListParts', query, headers });
    const limit = plan.upstream.timeouts.document;
    const document = await readLateDocument(answer.response, { limit });
    return readDocument(document, 'ListPartsResult').text('ChecksumAlgorithm')?.trim().toUpperCase();
  } catch (error) {
    // Who may not list parts may write them. Where a checksum was promised, the store refuses the part.
    if (error instanceof StoreRefusal && error.status === 403) return undefined;
    throw error;
  }
}
