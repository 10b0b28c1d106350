import type { Readable } from 'node:stream';
import { S3Error } from '../s3/errors.ts';
import { Deadline } from '../upstream/deadline.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

/**
 * Reads a body of the store within a time, however it comes: a byte now and then resets no clock here.
 * @param limit in milliseconds, of the whole
 * @param read may begin another wait
 * @throws S3Error ServiceUnavailable when the body breaks off or is not whole in time
 */
export async function within<T>(
  body: Readable,
  limit: number,
  read: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const deadline = new Deadline(() => {
    const late = new UpstreamError('silent', 'what the store sends was not whole in time', {
      late: 'document',
    });
    body.destroy(late);
    // A reader may wait for an event that has passed.
    reject(late);
  });
  deadline.begin(limit);
  try {
    return await Promise.race([read(deadline), over]);
  } catch (error) {
    if (error instanceof S3Error) throw error;
    throw new S3Error('ServiceUnavailable', 'The answer of the store broke off. Please try again.', {
      cause: error,
    });
  } finally {
    deadline.end();
  }
}
