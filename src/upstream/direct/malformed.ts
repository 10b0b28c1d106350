import { UpstreamError } from '../upstream-error.ts';

/** What came is no answer. `fault` shows nothing of what the store sent. */
export function malformed(fault: string): UpstreamError {
  return new UpstreamError('malformed', `the answer of the store is not HTTP: ${fault}`);
}
