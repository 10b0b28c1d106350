import { S3Error } from '../../s3/errors.ts';
import { clientLeft, UpstreamError } from '../../upstream/upstream-error.ts';

const UNREADABLE = 'the document of the store is not well-formed, or not what was asked for';

/** For the operator: the fault behind an answer that tells the client less. */
export function causeForLog(error: unknown): string | undefined {
  if (error instanceof S3Error) {
    const { cause } = error;
    // What the reader of documents says is meant for clients, of documents of theirs; behind an error it is the store's.
    if (cause instanceof S3Error && cause.code === 'MalformedXML') return UNREADABLE;
    // A refusal without more to it has its cause in what the client is told.
    return cause instanceof Error ? cause.message : (error.reason ?? error.message);
  }
  if (error instanceof UpstreamError) return error.message;
  // The reason of a signal that the client's end aborted.
  if (error instanceof Error && error.name === 'AbortError') return clientLeft().message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
