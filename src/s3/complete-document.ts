import type { Work } from '../turns.ts';
import { type DocumentElement, reading } from './document.ts';
import { malformed } from './tags.ts';
import { escapeXml, s3Element, XML_DECLARATION } from './xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
const MOST_PARTS = 10_000;

/**
 * The body of a CompleteMultipartUpload that names no checksums: one with checksums is rewritten, with the number and
 * the ETag of each part alone, in the order in which they came.
 * @throws S3Error MalformedXML
 */
export function* withoutChecksums(document: string): Work<string> {
  if (!document.includes('Checksum')) return document;
  const parts = (yield* reading(document, 'CompleteMultipartUpload')).all('Part');
  if (parts.length > MOST_PARTS) throw malformed();
  return `${XML_DECLARATION}${s3Element('CompleteMultipartUpload', parts.map(bare).join(''))}`;
}

function bare(part: DocumentElement): string {
  const elements = ['PartNumber', 'ETag'].map((name) => {
    const [found, ...more] = part.all(name);
    if (!found || more.length > 0) throw malformed();
    return `<${name}>${escapeXml(found.value)}</${name}>`;
  });
  return `<Part>${elements.join('')}</Part>`;
}
