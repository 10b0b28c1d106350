import { UpstreamError, type UpstreamFault } from './upstream-error.ts';

/**
 * How a request to a store ended, for metrics: the class of its status, or why there was no answer. `left`: the client left.
 * `body`: what the client sent was not what it had announced.
 */
export type End =
  | '2xx'
  | '3xx'
  | '4xx'
  | '5xx'
  | 'timeout'
  | 'reset'
  | 'unreachable'
  | 'malformed'
  | 'left'
  | 'body';

/** @param status from 200 to 599: others are refused before */
export function endOf(status: number): End {
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}

/** Undefined for what never was sent, since there was no connection for it: that is counted by its reason. */
export function endBy(error: unknown): End | undefined {
  return error instanceof UpstreamError ? BY_FAULT[error.fault] : 'body';
}

const BY_FAULT: Readonly<Record<UpstreamFault, End | undefined>> = {
  'client-left': 'left',
  busy: undefined,
  outage: undefined,
  'connect-timeout': 'timeout',
  unreachable: 'unreachable',
  reset: 'reset',
  silent: 'timeout',
  malformed: 'malformed',
};
