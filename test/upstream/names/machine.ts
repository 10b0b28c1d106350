import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interfaces } from '../../../src/upstream/names/order.ts';
import { type Machine, Resolution } from '../../../src/upstream/names/resolution.ts';

interface Files {
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly nsswitch?: string;
}

interface Owner {
  teardown(end: () => unknown): void;
}

/** A machine with files of its own. `write` changes them. */
export function machine(
  t: Owner,
  files: Files,
  more: Machine = {},
): { readonly resolution: Resolution; readonly paths: Machine; readonly write: (next: Files) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const paths = {
    hosts: join(folder, 'hosts'),
    resolvConf: join(folder, 'resolv.conf'),
    nsswitch: join(folder, 'nsswitch.conf'),
  };
  const write = (next: Files): void => {
    for (const name of ['hosts', 'resolvConf', 'nsswitch'] as const)
      if (next[name] !== undefined) writeFileSync(paths[name], next[name]);
  };
  write(files);
  const resolution = new Resolution({
    ...paths,
    platform: 'linux',
    environment: {},
    interfaces: () => DUAL,
    ...more,
  });
  return { resolution, paths, write };
}

/** A machine with IPv4 and IPv6. */
export const DUAL = interfacesOf('127.0.0.1', '::1', '192.0.2.9', '2001:db8::9');

export function interfacesOf(...addresses: readonly string[]): Interfaces {
  return {
    some: addresses.map((address) => ({
      address,
      netmask: '',
      mac: '00:00:00:00:00:00',
      cidr: null,
      internal: address === '::1' || address.startsWith('127.'),
      ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
    })),
  };
}

/** A resolv.conf of a pod in Kubernetes. */
export const POD = `nameserver 127.0.0.1
search ns.svc.cluster.local svc.cluster.local cluster.local corp.test example.test
options ndots:5
`;
