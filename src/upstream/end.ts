import type { UpstreamEnd } from '../upstream-end.ts';
import { UpstreamError, type UpstreamFault } from './upstream-error.ts';

/** @param status from 200 to 599: others are refused before */
export function endOf(status: number): UpstreamEnd {
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}

/** Undefined for what never was sent, since there was no connection for it: that is counted by its reason. */
export function endBy(error: unknown): UpstreamEnd | undefined {
  return error instanceof UpstreamError ? BY_FAULT[error.fault] : 'body';
}

const BY_FAULT: Readonly<Record<UpstreamFault, UpstreamEnd | undefined>> = {
  'client-left': 'left',
  busy: undefined,
  outage: undefined,
  'connect-timeout': 'timeout',
  unreachable: 'unreachable',
  reset: 'reset',
  silent: 'timeout',
  malformed: 'malformed',
};
