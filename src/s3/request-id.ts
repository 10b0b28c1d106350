import { randomFillSync } from 'node:crypto';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
export const REQUEST_ID = 'x-amz-request-id';

const DIGITS = 16;

/** Random bytes for many ids: one call of the generator, and of what writes them, takes as long as for a single one. */
const stock = Buffer.alloc(64 * (DIGITS / 2));
/** The same in hex. An id is a part of this text and keeps all of it, so it is short. */
let written = '';
let used = 0;

/** 16 hex digits, as S3's are. */
export function newRequestId(): string {
  if (used === written.length) {
    written = randomFillSync(stock).toString('hex').toUpperCase();
    used = 0;
  }
  used += DIGITS;
  return written.slice(used - DIGITS, used);
}
