import { permits } from '../../clients/permissions.ts';
import { readDocument } from '../../s3/document.ts';
import { malformed } from '../../s3/tags.ts';
import { s3Element, XML_DECLARATION } from '../../s3/xml.ts';
import type { Message } from '../message.ts';
import { denied } from '../plan/authorize.ts';
import type { Plan } from '../plan/plan.ts';
import type { Judging } from './judging.ts';
import { withRewrittenBody } from './rewritten.ts';

const LONGEST = 16 * 1024;

/**
 * A client that writes an object may lay a legal hold on it; who lifts one needs `unlock`. The document is read and
 * rewritten, so that the store reads what was judged.
 *
 * A retention needs no such look: a store refuses to shorten one but for a caller that bypasses it, and that is asked
 * for `unlock` by its header.
 *
 * @throws S3Error AccessDenied, MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function checkLegalHold(
  message: Message,
  { target }: Pick<Plan, 'target'>,
  { permissions }: Judging,
): Promise<Message> {
  if (target.shape !== 'object') throw denied('a legal hold is of an object');
  const { bucket, objectKey } = target;
  const rewrite = (document: string): string => {
    const status = readDocument(document, 'LegalHold').text('Status')?.trim();
    if (status !== 'ON' && status !== 'OFF') throw malformed();
    if (status === 'OFF' && !permits(permissions, 'unlock', bucket, objectKey))
      throw denied('no grant of the client (allow) has the action unlock here');
    return `${XML_DECLARATION}${s3Element('LegalHold', `<Status>${status}</Status>`)}`;
  };
  return await withRewrittenBody(message, { longest: LONGEST, checksumOf: 'body', rewrite });
}
