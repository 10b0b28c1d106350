import http from 'node:http';
import https from 'node:https';
import type { Upstream } from '../snapshot/snapshot.ts';

/** Most idle connections kept to the store; busy ones are not limited. */
const MOST_IDLE = 256;

/** The connections of one snapshot to its upstream: kept alive for less time than the store would keep them. */
export function makeAgent({ protocol, ca, timeouts }: Upstream): http.Agent {
  const options = {
    keepAlive: true,
    maxFreeSockets: MOST_IDLE,
    scheduling: 'lifo' as const,
    timeout: timeouts.keepAlive,
    noDelay: true,
  };
  if (protocol === 'http:') return new http.Agent(options);
  return new https.Agent({ ...options, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
}
