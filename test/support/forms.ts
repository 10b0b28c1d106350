import { createHmac } from 'node:crypto';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { toTimestamp } from '../../src/sigv4/timestamp.ts';

export type Part = readonly [name: string, value: string | Buffer, filename?: string];

export const BOUNDARY = '----boundary7MA4YWxkTrZu0gW';

/** A form of multipart/form-data as browsers write it. */
export function encodeForm(parts: readonly Part[], boundary = BOUNDARY): Buffer {
  const encoded = parts.map(([name, value, filename]) => {
    const file =
      filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: application/octet-stream`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')]);
  });
  return Buffer.concat([...encoded, Buffer.from(`--${boundary}--\r\n`)]);
}

export interface FormSigner {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly now: Date;
}

interface Wanted {
  readonly bucket: string;
  /** All that the form has beside the signature; each becomes an exact condition unless `conditions` has one. */
  readonly fields: Readonly<Record<string, string>>;
  readonly conditions?: readonly unknown[];
  readonly expiration?: string;
}

/** The fields of a form with a policy that covers them all, signed with version 4. */
export function signForm(wanted: Wanted, by: FormSigner): Record<string, string> {
  const timestamp = toTimestamp(by.now);
  const date = timestamp.slice(0, 8);
  const scope = { date, region: by.region, service: 's3', terminator: 'aws4_request' };
  const signature = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${by.accessKeyId}/${date}/${by.region}/s3/aws4_request`,
    'x-amz-date': timestamp,
  };
  const policy = policyOf({ ...wanted, fields: { ...wanted.fields, ...signature } }, by.now);
  const hex = new SigningKey(by.secretAccessKey, scope).sign(policy);
  return { ...wanted.fields, ...signature, policy, 'x-amz-signature': hex };
}

/** The same with version 2. */
export function signFormV2(wanted: Wanted, by: FormSigner): Record<string, string> {
  const policy = policyOf(wanted, by.now);
  const signature = createHmac('sha1', by.secretAccessKey).update(policy).digest('base64');
  return { ...wanted.fields, AWSAccessKeyId: by.accessKeyId, policy, signature };
}

/** The same for OBS: with three fields, or with the one that stands for them. */
export function signFormObs(
  wanted: Wanted,
  by: FormSigner,
  as: 'fields' | 'token' = 'fields',
): Record<string, string> {
  const policy = policyOf(wanted, by.now);
  const signature = createHmac('sha1', by.secretAccessKey).update(policy).digest('base64');
  return as === 'token'
    ? { ...wanted.fields, token: `${by.accessKeyId}:${signature}:${policy}` }
    : { ...wanted.fields, AccessKeyId: by.accessKeyId, policy, signature };
}

function policyOf({ bucket, fields, conditions = [], expiration }: Wanted, now: Date): string {
  const covered = new Set(conditions.flatMap((one) => (Array.isArray(one) ? [String(one[1]).slice(1)] : [])));
  const exact = Object.entries({ bucket, ...fields }).filter(([name]) => !covered.has(name));
  const until = expiration ?? new Date(now.getTime() + 3_600_000).toISOString();
  const all = [...exact.map(([name, value]) => ({ [name]: value })), ...conditions];
  return Buffer.from(JSON.stringify({ expiration: until, conditions: all })).toString('base64');
}
