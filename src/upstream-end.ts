/**
 * How a request to a store ended, for metrics: the class of its status, or why there was no answer. `left`: the client left.
 * `body`: what the client sent was not what it had announced.
 */
export type UpstreamEnd =
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
