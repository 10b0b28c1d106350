import { readErrorText } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { encodeComponent } from '../../s3/percent.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { OwnQuery } from '../plan/own-plan.ts';
import { askEnd, type Copying } from './ask.ts';
import { aboutSource, type Source } from './source.ts';
import { StoreRefusal } from './store-refusal.ts';
import { directive } from './written-headers.ts';

/** It stands for bytes that are not UTF-8. S3 allows it in no tag. */
const NO_UTF8 = '\uFFFD';

/** What stores say that know no tags, or of an object that has none. */
const NO_TAGS: ReadonlySet<string> = new Set(['NoSuchTagSet', 'NotImplemented']);

/** The `x-amz-tagging` of what a copy writes: the request's, or the tags of the source. @throws StoreRefusal */
export async function taggingOf(copying: Copying, source: Source): Promise<string | undefined> {
  const { headers } = copying.message;
  if (directive(headers, 'x-amz-tagging-directive') === 'REPLACE') return headers.single('x-amz-tagging');
  const versionId = copying.plan.source?.versionId ?? source.headers.joined('x-amz-version-id');
  const query: OwnQuery = { tagging: undefined, ...(versionId === undefined ? {} : { versionId }) };
  const step = { end: 'source', name: 'GetObjectTagging', query, headers: aboutSource(headers) } as const;
  try {
    const { answer, plan } = await askEnd(copying, step);
    const { text: document } = await readErrorText(answer.response, plan.upstream.timeouts.document);
    if (document.includes(NO_UTF8) || holdsKey(document, plan.ssecKeys)) throw unreadable();
    return taggingIn(document);
  } catch (error) {
    if (error instanceof StoreRefusal && NO_TAGS.has(error.said.code)) return undefined;
    throw error;
  }
}

/** @throws S3Error InternalError */
function taggingIn(document: string): string | undefined {
  try {
    const sets = readDocument(document, 'Tagging').all('TagSet');
    const tags = sets
      .flatMap((set) => set.all('Tag'))
      .map((tag) => `${encodeComponent(tag.text('Key') ?? '')}=${encodeComponent(tag.text('Value') ?? '')}`);
    return tags.length === 0 ? undefined : tags.join('&');
  } catch {
    // What the reader says is meant for clients, of documents of theirs.
    throw unreadable();
  }
}

function unreadable(): S3Error {
  const cause = new Error("the store's answer to GetObjectTagging is not a document of tags");
  return new S3Error('InternalError', 'The tags of the source cannot be read.', { cause });
}
