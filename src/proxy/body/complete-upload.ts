import { unmarkingEtags } from '../../etag/documents.ts';
import { marksEtag } from '../../etag/mark.ts';
import { withoutChecksums } from '../../s3/complete-document.ts';
import type { Work } from '../../turns.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { withRewrittenBody } from './rewritten.ts';

/** Ten thousand parts, each with a checksum and room to spare. */
const LONGEST = 4 * 1024 * 1024;

/**
 * The message with the parts of a CompleteMultipartUpload as the store knows them: by the ETags that it gave them, and
 * without checksums that it did not get. Where nothing of that is to be changed, the body streams on as it is.
 * @throws S3Error MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function namePartsForStore(message: Message, plan: Plan): Promise<Message> {
  const rewrites = [
    ...(marksEtag(plan) ? [unmarkingEtags] : []),
    ...(plan.checksums === 'withheld' ? [withoutChecksums] : []),
  ];
  if (message.body === 'none' || rewrites.length === 0) return message;
  return await withRewrittenBody(message, {
    longest: LONGEST,
    checksumOf: 'object',
    rewrite: (document) => oneAfterTheOther(document, rewrites),
  });
}

function* oneAfterTheOther(
  document: string,
  rewrites: readonly ((document: string) => Work<string>)[],
): Work<string> {
  let text = document;
  for (const rewrite of rewrites) text = yield* rewrite(text);
  return text;
}
