import { randomBytes } from 'node:crypto';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
export const REQUEST_ID = 'x-amz-request-id';

/** 16 hex digits, as S3's are. */
export function newRequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}
