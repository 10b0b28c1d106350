import { promises } from 'node:dns';

/** For `--import`: names below localhost are loopback addresses (RFC 6761, 6.3), which not every C library knows. */
const { lookup } = promises;
promises.lookup = ((name: string, options: object) =>
  lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, options)) as typeof lookup;
