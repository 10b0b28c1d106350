import { run } from '../../matrix/program.ts';

/*
 * The network of a cluster, inside a network namespace of its own, where every address and port is free: a bridge to the
 * pods, and the addresses of Services on the loopback interface, where services.ts listens as kube-proxy would.
 */
export const NODE_IP = '10.244.0.1';
export const SERVICES = '10.96.0.0/16';
/** The first address of SERVICES, where Kubernetes puts its own API. */
export const API_IP = '10.96.0.1';
const BRIDGE = 'cluster0';

export async function openNetwork(): Promise<void> {
  await ip('link', 'set', 'lo', 'up');
  await ip('addr', 'add', SERVICES, 'dev', 'lo');
  // Without an address of its own it takes its ports' lowest, another one with each pod, and pods talk to the one before.
  await ip('link', 'add', BRIDGE, 'address', '02:00:0a:f4:00:01', 'type', 'bridge');
  await ip('addr', 'add', `${NODE_IP}/16`, 'dev', BRIDGE);
  await ip('link', 'set', BRIDGE, 'up');
}

/** Gives the network namespace of a process the address, and a route to all others. */
export async function connect(pid: number, address: string): Promise<void> {
  const [, , third, fourth] = address.split('.');
  const own = `pod${third}-${fourth}`;
  await ip('link', 'add', own, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  await ip('link', 'set', own, 'master', BRIDGE, 'up');
  const inside = (...args: readonly string[]): Promise<unknown> =>
    run('nsenter', ['-t', String(pid), '-n', 'ip', ...args]);
  await inside('addr', 'add', `${address}/16`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('route', 'add', 'default', 'via', NODE_IP);
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}
