import type { SseKey } from '../keys/key.ts';
import type { ObjectName, Ring } from '../keys/ring.ts';
import type { RuleSet } from '../rules/match.ts';
import { ringOfRule } from '../rules/match.ts';
import { type DocumentElement, reading } from '../s3/document.ts';
import { replacingElements } from '../s3/element-text.ts';
import { nameDecoder } from '../s3/encoded-names.ts';
import { S3Error } from '../s3/errors.ts';
import { escapeXml } from '../s3/xml.ts';
import type { Work } from '../turns.ts';
import { pinUploadId } from './upload-id.ts';

/** An upload in a list; for a marker, the time of its start is unknown. */
export interface ListedUpload {
  /** The store's own. */
  readonly uploadId: string;
  /** ISO 8601. */
  readonly initiated?: string;
}

interface Listing {
  readonly bucket: string;
  /** As the client sent it. */
  readonly uploadIdMarker: string | undefined;
  /** Are object keys encoded even if the list does not say so? */
  readonly encoded: boolean;
  readonly rules: RuleSet;
  /** The key of the ring to name for an upload; without one its id stays unchanged. */
  readonly keyOf: (ring: Ring, object: ObjectName, upload: ListedUpload) => SseKey | undefined;
}

/**
 * The response to a ListMultipartUploads with the upload ids of this proxy. An upload of an object that no rule encrypts
 * keeps its id, and so does one whose key is unknown.
 *
 * @throws S3Error InternalError when the store's document is not such a list
 */
export function* pinningListedUploads(xml: string, listing: Listing): Work<string> {
  const list = yield* readList(xml);
  const decode = nameDecoder(listing.encoded || list.text('EncodingType')?.trim() === 'url');
  const uploads = list.all('Upload').map((upload) => {
    const objectKey = decode(upload.text('Key') ?? '');
    const uploadId = upload.text('UploadId')?.trim() ?? '';
    const initiated = upload.text('Initiated')?.trim() ?? '';
    const shown = shownId({ uploadId, initiated }, objectKey, listing);
    return { objectKey, uploadId, shown };
  });
  let replaced = 0;
  let document = yield* replacingElements(xml, 'UploadId', (escaped, index) => {
    const upload = uploads[index];
    // Replaces exactly what the parser read; if that fails, shows nothing.
    if (!upload || escaped.trim() !== escapeXml(upload.uploadId)) throw unreadable();
    replaced += 1;
    return escapeXml(upload.shown);
  });
  if (replaced !== uploads.length) throw unreadable();
  const next = list.text('NextUploadIdMarker')?.trim();
  const nextKey = decode(list.text('NextKeyMarker') ?? '');
  const last = uploads.findLast(({ uploadId }) => uploadId === next);
  const elsewhere = (uploadId: string): string => shownId({ uploadId }, nextKey, listing);
  const markers = {
    UploadIdMarker: listing.uploadIdMarker,
    NextUploadIdMarker: next ? (last?.shown ?? elsewhere(next)) : undefined,
  };
  for (const [name, marker] of Object.entries(markers)) {
    if (marker === undefined) continue;
    document = yield* replacingElements(document, name, () => escapeXml(marker));
  }
  return document;
}

function* readList(xml: string): Work<DocumentElement> {
  try {
    return yield* reading(xml, 'ListMultipartUploadsResult');
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): S3Error {
  return new S3Error('InternalError', 'The store did not answer with a list of uploads.', { cause });
}

function shownId(
  upload: ListedUpload,
  objectKey: string | undefined,
  { bucket, rules, keyOf }: Listing,
): string {
  const { uploadId } = upload;
  if (objectKey === undefined) return uploadId;
  const match = rules.matchObject(bucket, objectKey);
  const ring = match.kind === 'rule' ? ringOfRule(match.rule) : undefined;
  if (ring === undefined) return uploadId;
  const object = { bucket, objectKey };
  const ssecKey = keyOf(ring, object, upload);
  return ssecKey ? pinUploadId(uploadId, object, { began: 'ours', ssecKey }) : uploadId;
}
