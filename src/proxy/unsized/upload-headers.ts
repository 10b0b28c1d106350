import type { WireHeaders } from '../../s3/headers.ts';
import { operation } from '../../s3/operations.ts';

/** What is about the body or the request as such, not about the object; and conditions, which are those of its end. */
const NOT_OF_THE_OBJECT =
  /^(?:content-(?:length|md5)|x-amz-(?:content-sha256|decoded-content-length|trailer|(?:sdk-)?checksum-.+)|if-.+)$/;

/** The headers of a PutObject with which a multipart upload of the same object begins. */
export function uploadHeaders(asked: WireHeaders): WireHeaders {
  const { sends } = operation('CreateMultipartUpload');
  const names = [...asked.names()].filter(
    (name) => name.startsWith('x-amz-meta-') || (sends.has(name) && !NOT_OF_THE_OBJECT.test(name)),
  );
  return asked.only(names);
}
