import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';

const OF_THE_SIGNATURE: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Expires', 'Signature']);
const HEADER_NAME = /^(?:x-amz-[a-z0-9!#$%&'*+.^_`|~-]+|content-md5|content-type)$/;

/**
 * Takes a SigV2 URL apart: the parameters that signers hoist out of the headers (boto3 does so with `Content-MD5`,
 * `Content-Type` and `x-amz-*`) become headers again, and those of the signature are removed.
 *
 * @throws S3Error InvalidArgument when a header differs from its parameter, or a parameter can't be a header
 */
export function unhoist(headers: WireHeaders, query: Query): { headers: WireHeaders; query: Query } {
  const hoisted: Record<string, string> = {};
  for (const { name, value } of query.parameters) {
    if (!HEADER_NAME.test(name)) continue;
    const text = Buffer.from(value, 'utf8').toString('latin1');
    const beside = headers.single(name);
    // A line break would start another line of the signed text.
    if (/[^\t\u0020-\u007E\u0080-\u00FF]/.test(text) || (beside !== undefined && beside.trim() !== text)) {
      throw new S3Error('InvalidArgument', `The query parameter ${name} does not agree with the headers.`);
    }
    hoisted[name] = text;
  }
  return {
    headers: headers.with(hoisted),
    query: query.without((name) => OF_THE_SIGNATURE.has(name) || HEADER_NAME.test(name)),
  };
}
