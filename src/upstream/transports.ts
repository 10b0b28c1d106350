import { carryDirectly } from './direct/carry.ts';
import { carryByHttpProxy } from './http-proxy.ts';
import type { Transport, TransportName } from './transport.ts';

export const TRANSPORTS: Readonly<Record<TransportName, Transport>> = {
  direct: carryDirectly,
  'http-proxy': carryByHttpProxy,
};
