import { S3Error } from '../../s3/errors.ts';
import { bucketName, type Call, headerOf } from '../call.ts';

/** A statement of a bucket policy, as far as the sandbox can tell what it says. */
interface Denial {
  readonly resources: readonly string[];
  /** Headers in the words of S3, with the values that are denied, or denied to miss. */
  readonly conditions: readonly {
    readonly equals: boolean;
    readonly header: string;
    readonly values: readonly string[];
  }[];
}

/**
 * The operations of the action PutObject: https://support.huaweicloud.com/intl/en-us/perms-cfg-obs/obs_40_0041.html.
 * CompleteMultipartUpload is one of them, but has no encryption header that a condition could look at.
 */
const WRITES: ReadonlySet<string> = new Set([
  'PutObject',
  'AppendObject',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
]);

/** @throws S3Error AccessDenied for a write that a statement of the bucket's policy denies */
export function checkPolicy(call: Call): void {
  if (!WRITES.has(call.operation)) return;
  const policy = call.buckets.get(bucketName(call)).settings.get('policy');
  if (policy === undefined) return;
  if (denialsOf(policy, bucketName(call)).some((denial) => denies(denial, call)))
    throw new S3Error('AccessDenied', 'Access Denied');
}

function denies({ resources, conditions }: Denial, call: Call): boolean {
  if (call.target.shape !== 'object') return false;
  const resource = `${call.target.bucket}/${call.target.objectKey}`;
  return (
    resources.some((pattern) =>
      pattern.endsWith('*') ? resource.startsWith(pattern.slice(0, -1)) : resource === pattern,
    ) &&
    conditions.every(({ equals, header, values }) => values.includes(headerOf(call, header) ?? '') === equals)
  );
}

/**
 * The denials of PutObject of a policy: for everybody, by what headers say. What cannot be told exactly is not taken, so that
 * no test relies on a rule that nobody applies. @throws S3Error MalformedXML, NotImplemented
 */
export function denialsOf(policy: string, bucket: string): readonly Denial[] {
  const document = parsed(policy);
  const statements = isRecord(document) ? document.Statement : undefined;
  if (!Array.isArray(statements))
    throw new S3Error('InvalidPolicyDocument', 'A policy has a list named Statement.');
  return statements.map((statement: unknown) => {
    if (!isRecord(statement) || statement.Effect !== 'Deny' || !everybody(statement.Principal))
      throw beyond();
    if (!texts(statement.Action).every((action) => /^(?:obs:object:)?PutObject$/.test(action)))
      throw beyond();
    const resources = texts(statement.Resource).map((text) =>
      text.replace(/^arn:aws:s3:::|^obs:\*:\*:object:/, ''),
    );
    if (
      resources.some(
        (text) =>
          !text.startsWith(`${bucket}/`) || (text.indexOf('*') < text.length - 1 && text.includes('*')),
      )
    )
      throw beyond();
    return { resources, conditions: conditionsOf(statement.Condition) };
  });
}

function conditionsOf(condition: unknown): Denial['conditions'] {
  if (condition === undefined) return [];
  if (!isRecord(condition)) throw beyond();
  return Object.entries(condition).flatMap(([operator, fields]) => {
    if ((operator !== 'StringEquals' && operator !== 'StringNotEquals') || !isRecord(fields)) throw beyond();
    return Object.entries(fields).map(([name, values]) => {
      if (!/^(?:obs:|s3:)?x-(?:obs|amz)-/.test(name)) throw beyond();
      return {
        equals: operator === 'StringEquals',
        header: name.replace(/^(?:obs:|s3:)?x-(?:obs|amz)-/, 'x-amz-').toLowerCase(),
        values: texts(values),
      };
    });
  });
}

function everybody(principal: unknown): boolean {
  if (principal === '*') return true;
  return isRecord(principal) && Object.values(principal).every((ids) => texts(ids).includes('*'));
}

function texts(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== 'string') throw beyond();
    return one;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new S3Error('InvalidPolicyDocument', 'The policy is not JSON.', { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function beyond(): S3Error {
  return new S3Error(
    'NotImplemented',
    'The sandbox takes policies that deny PutObject to everybody by what encryption headers say, and no others.',
  );
}
