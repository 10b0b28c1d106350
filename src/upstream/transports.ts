import { carryDirectly } from './direct/carry.ts';
import type { Transport } from './transport.ts';
import type { TransportName } from './upstream.ts';

const loaded = new Map<TransportName, Transport>([['direct', carryDirectly]]);

/** Needed once before a transport that is not the default: a config that does not name it, starts without it. */
export async function loadTransport(name: TransportName): Promise<void> {
  if (loaded.has(name)) return;
  loaded.set(name, (await import('./http-proxy.ts')).carryByHttpProxy);
}

/** @throws TypeError for one that was not loaded */
export function transportOf(name: TransportName): Transport {
  const transport = loaded.get(name);
  if (!transport) throw new TypeError(`the transport ${name} was not loaded`);
  return transport;
}
