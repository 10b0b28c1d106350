import type { Readable } from 'node:stream';
import { S3Error } from '../s3/errors.ts';
import { Deadline } from '../upstream/deadline.ts';
import { type LatePhase, UpstreamError } from '../upstream/upstream-error.ts';

/**
 * Reads a body of the store within a time, however it comes: a byte now and then resets no clock here.
 * @param limit in milliseconds, of the whole
 * @param phase which time of the store it is
 * @param read may begin another wait, for the rest of a document
 * @throws S3Error ServiceUnavailable when the body breaks off or is not whole in time
 */
export async function within<T>(
  body: Readable,
  { limit, phase = 'document' }: { readonly limit: number; readonly phase?: LatePhase },
  read: (wait: { begin(limit: number): void }) => Promise<T>,
): Promise<T> {
  let late = phase;
  const { promise: over, reject } = Promise.withResolvers<never>();
  const deadline = new Deadline(() => {
    const silent = new UpstreamError('silent', 'what the store sends was not whole in time', { late });
    body.destroy(silent);
    // A reader may wait for an event that has passed.
    reject(silent);
  });
  deadline.begin(limit);
  try {
    const begin = (rest: number): void => {
      late = 'document';
      deadline.begin(rest);
    };
    return await Promise.race([read({ begin }), over]);
  } catch (error) {
    if (error instanceof S3Error) throw error;
    throw new S3Error('ServiceUnavailable', 'The answer of the store broke off. Please try again.', {
      cause: error,
    });
  } finally {
    deadline.end();
  }
}
