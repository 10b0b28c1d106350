import { S3Error } from '../s3/errors.ts';

/**
 * What of S3's headers OBS has under its own prefix, by its documents:
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0007.html
 */
const TAKEN =
  /^x-amz-(?:meta-.+|acl|grant-(?:read|write|read-acp|write-acp|full-control)|storage-class|metadata-directive|tagging(?:-directive)?|website-redirect-location|object-lock-(?:mode|retain-until-date)|bucket-object-lock-enabled|request-payer|server-side-encryption(?:-aws-kms-key-id|-customer-(?:algorithm|key|key-md5))?|copy-source(?:-range|-if-[a-z-]+|-server-side-encryption-customer-(?:algorithm|key|key-md5))?)$/s;

/**
 * What the proxy has checked by itself, or what only asks for more in an answer: OBS keeps no checksums of S3's kinds, and
 * its signature has a date of its own.
 */
const NEEDLESS =
  /^x-amz-(?:content-sha256|date|decoded-content-length|trailer|te|(?:sdk-)?checksum-[a-z0-9-]+|optional-object-attributes)$/;

/** ACLs of S3 that OBS does not have. */
const OTHER_ACLS: ReadonlySet<string> = new Set([
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'log-delivery-write',
]);

/**
 * The internal headers of a request that OBS has a name for.
 * @throws S3Error NotImplemented for one that it has none for, and that would change what the request does
 */
export function sentToObs(headers: Readonly<Record<string, string>>): Record<string, string> {
  return sentOf(headers, { taken: TAKEN, otherAcls: OTHER_ACLS });
}

/** What a service has a name for. */
interface Has {
  /** Internal names of headers. */
  readonly taken: RegExp;
  /** ACLs of S3 that it lacks. */
  readonly otherAcls: ReadonlySet<string>;
}

/** The same for any service. */
export function sentOf(
  headers: Readonly<Record<string, string>>,
  { taken, otherAcls }: Has,
): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (NEEDLESS.test(name)) continue;
    if (name.startsWith('x-amz-') && !taken.test(name))
      throw new S3Error('NotImplemented', `The store has no header ${name}. Send the request without it.`);
    if (name === 'x-amz-acl' && otherAcls.has(value))
      throw new S3Error(
        'NotImplemented',
        `The store has no ACL ${value}. Send the request with another one.`,
      );
    sent[name] = value;
  }
  return sent;
}
