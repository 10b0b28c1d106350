import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../s3/errors.ts';
import type { Answer } from './call.ts';

/** Deliberate faults of a sandbox, for tests of the code that must notice them. */
export interface Faults {
  /**
   * `ignored`: stores unencrypted and answers 200. `refused`: does not know SSE-C. `unechoed`: encrypts without an echo.
   */
  readonly ssec?: 'ignored' | 'refused' | 'unechoed';
  /** Names of operations that are answered with 403. */
  readonly denies?: readonly string[];
}

const SSEC = /^x-amz-(?:copy-source-)?server-side-encryption-customer-/i;

/** @throws S3Error */
export function faultyHeaders(
  { ssec, denies = [] }: Faults,
  operation: string,
  headers: IncomingHttpHeaders,
): IncomingHttpHeaders {
  if (denies.includes(operation)) throw new S3Error('AccessDenied', 'Access Denied');
  const names = Object.keys(headers).filter((name) => SSEC.test(name));
  if (names.length === 0 || ssec === undefined || ssec === 'unechoed') return headers;
  if (ssec === 'refused')
    throw new S3Error(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
    );
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

export function faultyAnswer({ ssec }: Faults, answer: Answer): Answer {
  if (ssec !== 'unechoed') return answer;
  const headers = Object.entries(answer.headers ?? {}).filter(([name]) => !SSEC.test(name));
  return { ...answer, headers: Object.fromEntries(headers) };
}
