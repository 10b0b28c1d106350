import { randomFillSync } from 'node:crypto';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
export const REQUEST_ID = 'x-amz-request-id';

const BYTES = 8;

/** Random bytes for many ids: one call of the generator takes as long as for a single one. */
const stock = Buffer.alloc(512 * BYTES);
let used = stock.length;

/** 16 hex digits, as S3's are. */
export function newRequestId(): string {
  if (used === stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += BYTES;
  return stock.toString('hex', used - BYTES, used).toUpperCase();
}
