import { type Address, type ListenPlace, parseAddress, parseListenPlace } from './address.ts';
import { formatProblem } from './problem.ts';
import { salvage } from './salvage.ts';
import { configSchema } from './schema.ts';
import { readYaml } from './yaml.ts';

/** Where a proxy of this machine is asked whether it lives. */
export type HealthPlace =
  | { readonly kind: 'admin'; readonly address: Address; readonly tls: boolean }
  /** Without an admin address: a listener can be connected to, and says nothing. */
  | { readonly kind: 'listener'; readonly place: Exclude<ListenPlace, { kind: 'systemd' }> }
  | { readonly kind: 'nowhere'; readonly why: string };

/**
 * Looks at the two sections that say it, and reads no file that the config names: other mistakes in it have nothing to do
 * with whether the proxy lives, and it takes no secret to ask.
 * @param file how the config is called in messages
 */
export function healthPlace(text: string, file: string): HealthPlace {
  const { value, report } = readYaml(text);
  const config = salvage(configSchema(), value);
  if (config === undefined || value === undefined) {
    const problems = report.problems().map((problem) => formatProblem(problem, file));
    return nowhere(problems.join('\n') || `${file} is not a config`);
  }
  const { admin, listen = [] } = config;
  if (admin?.address === 'off') return listenerOf(listen.map((one) => one?.address));
  const address = admin?.address === undefined ? undefined : parseAddress(admin.address);
  if (!admin || !address)
    return nowhere(`${file}: admin.address has a mistake; ssec-proxy check ${file} says which`);
  if (address.port === 0) return nowhere(`${file}: admin.address leaves the port to the system; name one`);
  return { kind: 'admin', address: reachable(address), tls: 'tls' in admin };
}

function listenerOf(addresses: readonly (string | undefined)[]): HealthPlace {
  for (const text of addresses) {
    const place = text === undefined ? undefined : parseListenPlace(text);
    if (place?.kind === 'unix') return { kind: 'listener', place };
    if (place?.kind === 'address' && place.port !== 0)
      return { kind: 'listener', place: { kind: 'address', ...reachable(place) } };
  }
  return nowhere('the admin address is off, and no listener has a port or a path of its own');
}

function nowhere(why: string): HealthPlace {
  return { kind: 'nowhere', why };
}

/** Who listens at all addresses listens at loopback too. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function reachable({ host, port }: Address): Address {
  return { host: LOOPBACK_OF[host] ?? host, port };
}
