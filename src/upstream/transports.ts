import { carryDirectly } from './direct/carry.ts';
import { carryByHttpProxy } from './http-proxy.ts';
import type { Transport } from './transport.ts';
import type { TransportName } from './upstream.ts';

export const TRANSPORTS: Readonly<Record<TransportName, Transport>> = {
  direct: carryDirectly,
  'http-proxy': carryByHttpProxy,
};
