import { S3Error } from '../s3/errors.ts';
import { headerValue } from '../s3/field.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';

const OF_THE_SIGNATURE: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Expires', 'Signature']);
const OF_AN_OBS_SIGNATURE: ReadonlySet<string> = new Set(['AccessKeyId', 'Expires', 'Policy', 'Signature']);
/** In lower case only, as boto3 writes them. */
const HOISTED = /^(?:x-amz-.*|content-md5|content-type)$/s;
const HOISTED_CONTENT = /^(?:content-md5|content-type)$/;
/** In OBS's links the token of temporary credentials stands so. */
const TOKEN = 'x-obs-security-token';

/**
 * Takes a SigV2 URL apart: the parameters that signers hoist out of the headers (boto3 does so with `Content-MD5`,
 * `Content-Type` and `x-amz-*`) become headers again, and those of the signature are removed.
 *
 * @param which `content`: those of `x-amz-*` stay parameters
 * @throws S3Error InvalidArgument when a header says something else than its parameter; BadRequest, InvalidArgument for
 *   a parameter that can't be a header: a line break would be the beginning of another line of what is signed
 */
export function unhoist(
  headers: WireHeaders,
  query: Query,
  which: 'all' | 'content' = 'all',
): { headers: WireHeaders; query: Query } {
  const names = which === 'all' ? HOISTED : HOISTED_CONTENT;
  const hoisted: Record<string, string> = {};
  for (const { name, value } of query.parameters) {
    if (!names.test(name)) continue;
    const text = headerValue(name, value, 'query parameter');
    const beside = headers.single(name);
    if (beside !== undefined && beside.trim() !== text) {
      throw new S3Error('InvalidArgument', `The query parameter ${name} does not agree with the headers.`);
    }
    hoisted[name] = text;
  }
  return {
    headers: headers.with(hoisted),
    query: query.without((name) => OF_THE_SIGNATURE.has(name) || names.test(name)),
  };
}

/** The query of an OBS link without what was its signature alone. */
export function withoutObsSignature(query: Query): Query {
  return query.without((name) => OF_AN_OBS_SIGNATURE.has(name) || isObsToken(name));
}

export function isObsToken(name: string): boolean {
  return name.toLowerCase() === TOKEN;
}
