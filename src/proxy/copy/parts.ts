import type { WireHeaders } from '../../s3/headers.ts';
import { type Asked, askEnd, type Copying } from './ask.ts';
import { MOST_PARTS, ownUpload } from './own-upload.ts';
import { leave, readSpan, type Source, type Span } from './source.ts';
import { keepTags } from './target-tags.ts';
import { write } from './write.ts';
import { aboutTarget } from './written-headers.ts';

/**
 * Writes a source that is too large for one PutObject as a multipart upload, a part after the other. When one fails,
 * the upload is aborted.
 * @param headers of the object
 * @returns a HEAD of the new object: some stores don't say at the end of an upload what its ETag is
 */
export async function writeInParts(copying: Copying, source: Source, headers: WireHeaders): Promise<Asked> {
  await ownUpload(copying, headers, async (uploadId) => {
    const etags: string[] = [];
    for (const span of spansOf(source.length, copying.limits.partSize))
      etags.push(await writeSpan(copying, source, span, { uploadId, partNumber: String(etags.length + 1) }));
    return etags;
  });
  const head = { end: 'target', name: 'HeadObject', headers: aboutTarget(copying.message.headers) } as const;
  const made = await askEnd(copying, head);
  await keepTags(copying, headers.single('x-amz-tagging'), made);
  return made;
}

async function writeSpan(
  copying: Copying,
  opened: Source,
  span: Span,
  query: { readonly uploadId: string; readonly partNumber: string },
): Promise<string> {
  const source = await readSpan(copying, opened, span);
  try {
    const headers = aboutTarget(copying.message.headers);
    const step = { end: 'target', name: 'UploadPart', query, headers, undone: true } as const;
    const { answer } = await write(copying, step, source);
    return answer.response.headers.etag ?? '';
  } finally {
    leave(source);
  }
}

function* spansOf(length: number, partSize: number): Generator<Span> {
  const size = Math.max(partSize, Math.ceil(length / MOST_PARTS));
  for (let first = 0; first < length; first += size) {
    yield { first, last: Math.min(first + size, length) - 1 };
  }
}
