import { S3Error } from '../../s3/errors.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';

/** For the operator: the fault behind an answer that tells the client less. */
export function causeForLog(error: unknown): string | undefined {
  if (error instanceof S3Error) return error.cause instanceof Error ? error.cause.message : undefined;
  if (error instanceof UpstreamError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
