import { unmarkingEtags } from '../../etag/documents.ts';
import { marksEtag } from '../../etag/marks.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { withRewrittenBody } from './rewritten.ts';

/** Ten thousand parts, each with a checksum and room to spare. */
const LONGEST = 4 * 1024 * 1024;

/**
 * The message with the parts of a CompleteMultipartUpload named by the ETags that the store gave them. Where clients get
 * no marks, the body streams on as it is.
 * @throws S3Error MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function namePartsForStore(message: Message, plan: Plan): Promise<Message> {
  if (message.body === 'none' || !marksEtag(plan)) return message;
  return await withRewrittenBody(message, {
    longest: LONGEST,
    checksumOf: 'object',
    rewrite: unmarkingEtags,
  });
}
