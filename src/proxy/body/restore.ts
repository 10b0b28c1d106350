import { type DocumentElement, readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { escapeXml, s3Element } from '../../s3/xml.ts';
import type { Message } from '../message.ts';
import { withRewrittenBody } from './rewritten.ts';

/** In bytes; the few elements of a restore are below a thousand. */
const LONGEST = 64 * 1024;

/**
 * The message with what asks for the object back, and nothing else: a restore may also run a query and have its outcome
 * written, to another bucket and in plain.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 * @throws S3Error NotImplemented, MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function restoreOnly(message: Message): Promise<Message> {
  if (message.body === 'none') return message;
  return await withRewrittenBody(message, { longest: LONGEST, checksumOf: 'body', rewrite: rewriteRestore });
}

function rewriteRestore(document: string): string {
  const restore = readDocument(document, 'RestoreRequest');
  for (const name of ['OutputLocation', 'SelectParameters', 'Type']) {
    if (restore.all(name).length === 0) continue;
    throw new S3Error(
      'NotImplemented',
      `A restore with ${name} writes the outcome of a query to another place, past this proxy. Restore the object and read it.`,
    );
  }
  const job = restore
    .all('GlacierJobParameters')
    .map((one) => element('GlacierJobParameters', texts(one, ['Tier'])));
  return s3Element('RestoreRequest', `${texts(restore, ['Days', 'Tier', 'Description'])}${job.join('')}`);
}

function texts(from: DocumentElement, names: readonly string[]): string {
  return names.flatMap((name) => from.all(name).map(({ value }) => element(name, escapeXml(value)))).join('');
}

function element(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`;
}
