import { type Dialect, S3 } from '../../dialects/dialect.ts';
import type { RuleSet } from '../../rules/match.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { Plan } from '../plan/plan.ts';
import { ATTRIBUTES, LIST } from './etags.ts';
import { sendLate } from './late.ts';
import { sendBuckets } from './list-buckets.ts';
import { sendBucketHead, sendCreated, sendLocation } from './location.ts';
import type { Replying } from './reply.ts';
import { type Rewrite, rewriting } from './rewrite.ts';
import { told } from './told.ts';
import { BEGUN_UPLOAD, LISTED_PARTS, LISTED_UPLOADS } from './uploads.ts';

/** Answers of status 200 whose document is not simply streamed on: newly made, or rewritten where that applies. */
const REPLIES: Readonly<Partial<Record<OperationName, Replying | Rewrite>>> = {
  CompleteMultipartUpload: sendLate,
  CopyObject: sendLate,
  CreateBucket: sendCreated,
  CreateMultipartUpload: BEGUN_UPLOAD,
  GetBucketLocation: sendLocation,
  GetObjectAttributes: ATTRIBUTES,
  HeadBucket: sendBucketHead,
  ListBuckets: sendBuckets,
  ListMultipartUploads: LISTED_UPLOADS,
  ListObjects: LIST,
  ListObjectsV2: LIST,
  ListObjectVersions: LIST,
  ListParts: LISTED_PARTS,
  UploadPartCopy: sendLate,
};

/** How an answer of status 200 becomes the client's; undefined where it streams on unchanged. */
export function replyingTo(plan: Plan, rules: RuleSet, client: Dialect): Replying | undefined {
  const row = REPLIES[plan.operation.name];
  if (typeof row === 'function') return row;
  const applied = row?.applies(plan, rules) ? row : undefined;
  const whole = client === (plan.upstream.dialect ?? S3) ? applied : told(applied, plan, client);
  return whole && rewriting(whole);
}
