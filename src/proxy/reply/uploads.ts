import { markingEtags } from '../../etag/documents.ts';
import { marksEtag } from '../../etag/mark.ts';
import { readingKeys } from '../../keys/ring.ts';
import { keyInitiatedWith } from '../../multipart/initiated.ts';
import { type Pin, pinUploadId } from '../../multipart/upload-id.ts';
import { pinningListedUploads } from '../../multipart/upload-list.ts';
import { ringOfRule } from '../../rules/match.ts';
import { reading } from '../../s3/document.ts';
import { replacingElements } from '../../s3/element-text.ts';
import { escapeXml } from '../../s3/xml.ts';
import type { Work } from '../../turns.ts';
import type { Plan } from '../plan/plan.ts';
import { type Rewrite, unreadable } from './rewrite.ts';

/** The id of an upload that begins, as this proxy gives it out. Without one there is no upload to go on with. */
export const BEGUN_UPLOAD: Rewrite = {
  applies: () => true,
  rewrite: (document, { plan, serving: { encryptedUploads } }) =>
    withUploadId(document.toString(), 'InitiateMultipartUploadResult', (uploadId) => {
      const { target, ssec } = plan;
      if (target.shape === 'object' && ssec.kind === 'inject')
        encryptedUploads.add(target, uploadId, ssec.ring[0]);
      return shownId(uploadId, plan);
    }),
};

/** The parts of an upload, which is named as the client knows it. What is asked for under a key is searched for it. */
export const LISTED_PARTS: Rewrite = {
  applies: ({ upload, ssecKeys }) => upload !== undefined || ssecKeys.length > 0,
  *rewrite(document, { plan }) {
    const { asked } = plan;
    const named = yield* withUploadId(
      document.toString(),
      'ListPartsResult',
      () => asked.query.get('uploadId') ?? '',
    );
    return marksEtag(plan) ? yield* markingEtags(named) : named;
  },
};

/** The uploads of a bucket, each with the id that this proxy gives out. */
export const LISTED_UPLOADS: Rewrite = {
  applies: ({ target }, rules) => target.shape === 'bucket' && rules.mayEncrypt(target.bucket),
  rewrite: (document, { plan: { asked, upstream }, serving: { snapshot, encryptedUploads } }) => {
    if (asked.shape !== 'bucket') throw unreadable();
    const { query, bucket } = asked;
    const { provider } = upstream;
    return pinningListedUploads(document.toString(), {
      bucket,
      uploadIdMarker: query.get('upload-id-marker'),
      encoded: provider.encodesUploadsSilently && query.get('encoding-type') === 'url',
      rules: snapshot.rules,
      keyOf: (ring, object, upload) =>
        encryptedUploads.keyOf(object, upload.uploadId, ring) ??
        // Where a store does not keep uploads to a key, nothing would notice that a wrong one was guessed.
        (provider.uploads === 'unpinned' ? undefined : keyInitiatedWith(ring, object, upload)),
    });
  },
};

/** As the client gets to know it: pinned, where a rule encrypts it. */
function shownId(uploadId: string, plan: Plan): string {
  const pin = pinOf(plan);
  return pin && plan.target.shape === 'object' ? pinUploadId(uploadId, plan.target, pin) : uploadId;
}

/** What an upload that begins is pinned to; undefined where no rule encrypts. */
function pinOf({ match, ssec, target }: Plan): Pin | undefined {
  const ring = match.kind === 'rule' ? ringOfRule(match.rule) : undefined;
  if (ring === undefined || target.shape !== 'object') return undefined;
  if (ssec.kind === 'inject') return { began: 'ours', ssecKey: ssec.ring[0] };
  return { began: 'client', ssecKey: readingKeys(ring, target)[0] };
}

/** The document with another id in its one `<UploadId>`. @throws S3Error InternalError when it has not exactly one */
function* withUploadId(document: string, root: string, shown: (uploadId: string) => string): Work<string> {
  const uploadIds = (yield* reading(document, root)).all('UploadId').map(({ value }) => value.trim());
  const [uploadId] = uploadIds;
  if (!uploadId || uploadIds.length > 1) throw unreadable();
  let replaced = 0;
  const rewritten = yield* replacingElements(document, 'UploadId', () => {
    replaced += 1;
    return escapeXml(shown(uploadId));
  });
  if (replaced !== 1) throw unreadable();
  return rewritten;
}
