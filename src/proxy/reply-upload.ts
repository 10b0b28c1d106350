import { readingKeys } from '../keys/ring.ts';
import { isPinned, type Pin, pinUploadId } from '../multipart/upload-id.ts';
import { pinListedUploads } from '../multipart/upload-list.ts';
import { readLateDocument } from '../response/late-document.ts';
import { relayedHeaders } from '../response/rewrite.ts';
import type { StoreError } from '../response/store-error.ts';
import type { RuleSet } from '../rules/match.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { readDocument } from '../s3/document.ts';
import { replaceElements } from '../s3/element-text.ts';
import { S3Error } from '../s3/errors.ts';
import { escapeXml } from '../s3/xml.ts';
import { keysInPlay, type Plan } from './plan.ts';
import { sendDocument } from './refuse.ts';
import type { Reply } from './reply-document.ts';

/** How answers of status 200 that name multipart uploads become the client's: with the ids that this proxy gives out. */
export function uploadDocumentOf(plan: Plan, rules: RuleSet): ((reply: Reply) => Promise<void>) | undefined {
  const row = REWRITES[plan.operation.name];
  if (!row?.applies(plan, rules)) return undefined;
  return async (reply) => {
    const { exchange, response } = reply;
    const document = row.rewrite(await readLateDocument(response, () => {}), reply);
    const headers = relayedHeaders(response, 'replaced', keysInPlay(plan));
    await sendDocument(exchange, 200, `${DECLARATION}${document}`, headers);
  };
}

/** What a store says went wrong, with the id of the upload as the client knows it. */
export function inClientsWords(error: StoreError, { asked, target }: Plan): StoreError {
  const shown = asked.query.get('uploadId');
  const uploadId = target.query.get('uploadId');
  if (!shown || !uploadId) return error;
  if (shown === uploadId) {
    const unread = isPinned(shown) && error.code === 'NoSuchUpload';
    return unread ? { ...error, message: `${error.message} ${LEFT_OVER}` } : error;
  }
  const reword = (text: string): string => text.replaceAll(uploadId, shown);
  const fields = Object.entries(error.fields).map(([name, value]) => [name, reword(value)] as const);
  return { ...error, message: reword(error.message), fields: Object.fromEntries(fields) };
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const LEFT_OVER =
  'Its id was given out while a rule encrypted the object, which none does now. Take the id that ListMultipartUploads now gives, abort the upload and begin anew.';

interface Row {
  /** Where no rule encrypts, the answer streams on as it is. */
  readonly applies: (plan: Plan, rules: RuleSet) => boolean;
  readonly rewrite: (document: string, reply: Reply) => string;
}

const REWRITES: Readonly<Record<string, Row>> = {
  CreateMultipartUpload: {
    applies: (plan) => pinOf(plan) !== undefined,
    rewrite: (document, { plan, context: { encryptedUploads } }) =>
      withUploadId(document, 'InitiateMultipartUploadResult', (uploadId) => {
        const { target, ssec } = plan;
        if (target.shape === 'object' && ssec.kind === 'inject') encryptedUploads.add(target, uploadId);
        return pinned(uploadId, plan);
      }),
  },
  ListParts: {
    applies: ({ upload }) => upload !== undefined,
    rewrite: (document, { plan: { asked } }) =>
      withUploadId(document, 'ListPartsResult', () => asked.query.get('uploadId') ?? ''),
  },
  ListMultipartUploads: {
    // Where a store does not keep uploads to a key, nothing would notice that a wrong one was guessed.
    applies: ({ target, upstream }, rules) =>
      upstream.provider.uploads !== 'unpinned' &&
      target.shape === 'bucket' &&
      rules.mayEncrypt(target.bucket),
    rewrite: (document, { plan: { asked, upstream }, context: { snapshot } }) => {
      if (asked.shape !== 'bucket') throw unreadable();
      const { query, bucket } = asked;
      const { provider } = upstream;
      return pinListedUploads(document, {
        bucket,
        uploadIdMarker: query.get('upload-id-marker'),
        encoded: provider.encodesUploadsSilently && query.get('encoding-type') === 'url',
        rules: snapshot.rules,
      });
    },
  },
};

function pinned(uploadId: string, plan: Plan): string {
  const pin = pinOf(plan);
  if (!pin || plan.target.shape !== 'object') throw new Error('no rule encrypts this upload');
  return pinUploadId(uploadId, plan.target, pin);
}

/** What an upload that begins is pinned to; undefined where no rule encrypts. */
function pinOf({ match, ssec, target }: Plan): Pin | undefined {
  const ring = match.kind === 'rule' ? ringOfRule(match.rule) : undefined;
  if (ring === undefined || target.shape !== 'object') return undefined;
  if (ssec.kind === 'inject') return { began: 'ours', ssecKey: ssec.ring[0] };
  return { began: 'client', ssecKey: readingKeys(ring, target)[0] };
}

/** The document with another id in its one `<UploadId>`. @throws S3Error InternalError when it has not exactly one */
function withUploadId(document: string, root: string, shown: (uploadId: string) => string): string {
  const uploadIds = readUploadIds(document, root);
  const [uploadId] = uploadIds;
  if (!uploadId || uploadIds.length > 1) throw unreadable();
  let replaced = 0;
  const rewritten = replaceElements(document, 'UploadId', () => {
    replaced += 1;
    return escapeXml(shown(uploadId));
  });
  if (replaced !== 1) throw unreadable();
  return rewritten;
}

function readUploadIds(document: string, root: string): readonly string[] {
  try {
    return readDocument(document, root)
      .all('UploadId')
      .map(({ value }) => value.trim());
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): S3Error {
  return new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
}
