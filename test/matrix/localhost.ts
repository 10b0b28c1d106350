import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Names below localhost are loopback addresses (RFC 6761, 6.3). Not every C library knows, so they are asked for one. */
export const lookupLocalhost: LookupFunction = (name, options, callback) => {
  lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, options, callback);
};
