import { checksumName } from '../../s3/body-hashes.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { escapeXml, s3Element } from '../../s3/xml.ts';
import { clientHeaders } from '../reply/head.ts';
import type { Asked } from './ask.ts';

/** Of the answer to a write, what is in the answer to a copy as well. */
const RELAYED = /^x-amz-(?:version-id|expiration|request-charged|server-side-encryption[a-z0-9-]*)$/i;

export interface Result {
  readonly document: string;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
}

/** The answer to a copy, out of the one to what wrote it; or to a HEAD of it, where that says more. */
export function resultOf(
  root: 'CopyObjectResult' | 'CopyPartResult',
  { answer: { response }, plan }: Asked,
  now: Date,
): Result {
  const flat = clientHeaders(response, 'replaced', plan);
  const headers = new WireHeaders(flat);
  // Stores that don't say when they stored something say at least what time it is.
  const said = headers.joined('last-modified') ?? response.headers.date ?? '';
  const stored = Number.isNaN(Date.parse(said)) ? now : new Date(said);
  const elements: [string, string][] = [
    ['LastModified', stored.toISOString()],
    ['ETag', headers.joined('etag') ?? ''],
  ];
  for (const name of headers.names()) {
    const algorithm = checksumName(name);
    if (algorithm !== undefined) elements.push([`Checksum${algorithm}`, headers.joined(name) ?? '']);
  }
  const type = headers.joined('x-amz-checksum-type');
  if (type !== undefined) elements.push(['ChecksumType', type]);
  const inner = elements.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`).join('');
  return {
    document: s3Element(root, inner),
    headers: flat.flatMap((name, i) => (i % 2 === 0 && RELAYED.test(name) ? [name, flat[i + 1] ?? ''] : [])),
  };
}
