import { checksumName } from '../../s3/body-hashes.ts';
import { CHECKSUMS } from '../../s3/checksums.ts';
import type { WireHeaders } from '../../s3/headers.ts';

/**
 * The checksum that the store of a source keeps of the whole of it, as a header of the write: it is compared before
 * anything is stored, by the store or by the proxy. That of a multipart upload is mostly one of the checksums of its
 * parts, and of no use. An ETag that looks like an MD5 is not relied on: a copy must not fail where it is something else.
 * @param headers of the source's answer
 */
export function integrityOf(headers: WireHeaders): Readonly<Record<string, string>> {
  if (headers.joined('x-amz-checksum-type')?.toUpperCase() === 'COMPOSITE') return {};
  for (const name of headers.names()) {
    const algorithm = checksumName(name);
    const value = headers.joined(name) ?? '';
    const known = algorithm !== undefined && Object.hasOwn(CHECKSUMS, algorithm);
    if (known && !value.includes('-')) return { [name]: value };
  }
  return {};
}
