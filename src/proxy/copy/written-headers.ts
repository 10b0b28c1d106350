import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';

/** What describes the content, and is the source's or the request's as the metadata directive says. */
const METADATA = /^(?:content-(?:type|encoding|language|disposition)|cache-control|expires|x-amz-meta-.+)$/;

/**
 * What S3 never takes from the source of a copy: "the copied object has the default ACL, storage class and object lock
 * settings", and a website redirect "is not copied".
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
const OF_THE_REQUEST =
  /^(?:x-amz-(?:acl|grant-[a-z-]+|storage-class|website-redirect-location|object-lock-[a-z-]+)|x-obs-(?:expires|persistent-headers))$/;

/** What goes with every request about what is written. */
const ALWAYS =
  /^(?:user-agent|x-amz-expected-bucket-owner|x-amz-request-payer|x-amz-server-side-encryption[a-z0-9-]*)$/;

const CONDITIONS = /^if-(?:none-)?match$/;

/** Does what a directive is about come from the source, or from the request? @throws S3Error InvalidArgument */
export function directive(headers: WireHeaders, name: string): 'COPY' | 'REPLACE' {
  const value = headers.single(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw new S3Error('InvalidArgument', `Unknown ${name.slice('x-amz-'.length).replace('-', ' ')}.`, {
    fields: { ArgumentName: name },
  });
}

/** The headers of a copy that are about the object which it makes, with what comes from its source. */
export function objectHeaders(asked: WireHeaders, source: WireHeaders): WireHeaders {
  const replaced = directive(asked, 'x-amz-metadata-directive') === 'REPLACE';
  const described = matching(replaced ? asked : source, METADATA);
  const rest = asked.only(
    [...asked.names()].filter((name) => OF_THE_REQUEST.test(name) || ALWAYS.test(name)),
  );
  const encoding = described['content-encoding'];
  return rest.with({
    ...described,
    ...(encoding === undefined ? {} : { 'content-encoding': unframed(encoding) }),
  });
}

/** Those that go with every request about what is written. */
export function aboutTarget(asked: WireHeaders): WireHeaders {
  return asked.only([...asked.names()].filter((name) => ALWAYS.test(name)));
}

/** Under what conditions the copy may become the object. */
export function conditionsOf(asked: WireHeaders): Readonly<Record<string, string>> {
  return matching(asked, CONDITIONS);
}

function matching(headers: WireHeaders, names: RegExp): Readonly<Record<string, string>> {
  const found = [...headers.names()].filter((name) => names.test(name));
  return Object.fromEntries(found.map((name) => [name, headers.joined(name) ?? '']));
}

/** Ceph keeps the coding of a framing that clients sent it, and what is sent here has none. */
function unframed(encoding: string): string | undefined {
  const kept = encoding.split(',').filter((coding) => coding.trim().toLowerCase() !== 'aws-chunked');
  return kept.length === 0 ? undefined : kept.join(',').trim();
}
