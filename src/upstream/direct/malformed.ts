import { UpstreamError } from '../upstream-error.ts';

/** What came is not an answer of HTTP/1. `fault` shows nothing of what the store sent. */
export function malformed(fault: string): UpstreamError {
  return new UpstreamError('malformed', `the answer of the store is not HTTP: ${fault}`);
}
