import http from 'node:http';
import https from 'node:https';
import type { Upstream } from '../snapshot/snapshot.ts';

/** Most idle connections kept to the store; busy ones are not limited. */
const MOST_IDLE = 256;

/** Connections to the store: kept alive for less time than the store would keep them. */
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

/** Would both be reached over the same connections? */
export function sameConnections(one: Upstream, other: Upstream): boolean {
  return (
    one.protocol === other.protocol &&
    one.hostname === other.hostname &&
    one.port === other.port &&
    one.ca === other.ca &&
    one.timeouts.keepAlive === other.timeouts.keepAlive
  );
}

/** Lets requests finish that still go by it, and keeps no connection for another one. */
export function retire(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const idle of Object.values(agent.freeSockets)) for (const socket of idle ?? []) socket.destroy();
}
