import { marksEtag, markTag } from '../../etag/mark.ts';
import { isPinned } from '../../multipart/upload-id.ts';
import type { StoreError } from '../../response/store-error.ts';
import type { Plan } from '../plan/plan.ts';

/** What a store says went wrong, with ETags and the id of the upload as the client knows them. */
export function inClientsWords(error: StoreError, plan: Plan): StoreError {
  return withShownUpload(marksEtag(plan) ? withMarkedEtag(error) : error, plan);
}

function withMarkedEtag(error: StoreError): StoreError {
  const { ETag, ...others } = error.fields;
  return ETag === undefined ? error : { ...error, fields: { ...others, ETag: markTag(ETag) } };
}

function withShownUpload(error: StoreError, { asked, target }: Plan): StoreError {
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

const LEFT_OVER =
  'Its id was given out while a rule encrypted the object, which none does now. Take the id that ListMultipartUploads now gives, abort the upload and begin again.';
