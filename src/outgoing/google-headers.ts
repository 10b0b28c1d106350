import { sentOf } from './obs-headers.ts';

/** https://cloud.google.com/storage/docs/xml-api/reference-headers */
const TAKEN =
  /^x-amz-(?:meta-.+|acl|storage-class|metadata-directive|server-side-encryption-(?:aws-kms-key-id|customer-(?:algorithm|key|key-md5))|copy-source(?:-if-[a-z-]+|-server-side-encryption-customer-(?:algorithm|key|key-md5))?)$/s;

const OTHER_ACLS: ReadonlySet<string> = new Set(['aws-exec-read', 'log-delivery-write']);

/**
 * The internal headers of a request that Google has a name for. Those of OBS stay here.
 * @throws S3Error NotImplemented
 */
export function sentToGoogle(headers: Readonly<Record<string, string>>): Record<string, string> {
  const known = Object.entries(headers).filter(([name]) => !name.startsWith('x-obs-'));
  return sentOf(Object.fromEntries(known), { taken: TAKEN, otherAcls: OTHER_ACLS });
}
