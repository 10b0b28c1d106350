import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { type DnsAnswer, DnsServers } from './dns-servers.ts';
import { isLocalhost, isName } from './host-name.ts';
import { parseHosts } from './hosts-file.ts';
import { NameError } from './name-error.ts';
import { hasOtherSources } from './nsswitch.ts';
import { familiesOf, type Interfaces, inOrder } from './order.ts';
import { rereading } from './reread.ts';
import { candidatesOf, parseResolvConf } from './resolv-conf.ts';
import { type AskSystem, SystemResolver } from './system-resolver.ts';

export interface Found {
  readonly addresses: readonly LookupAddress[];
  /** In milliseconds, as the DNS server says. */
  readonly ttl: number;
}

/** Where the machine says how names are resolved. */
export interface Machine {
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly nsswitch?: string;
  readonly port?: number;
  readonly platform?: NodeJS.Platform;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly interfaces?: () => Interfaces;
  readonly askSystem?: AskSystem;
}

/** getaddrinfo does not say how long its answer is good for. */
const SYSTEM_TTL_MS = 5000;
/** Linux asks getaddrinfo only for what DNS does not know. Elsewhere it is the only source; two threads stay free. */
const THREADS = { linux: 1, others: 2 };

/**
 * From a name to addresses, as getaddrinfo does it: IP literals, the hosts file, `localhost`, then DNS with the search
 * list, A and AAAA. What nsswitch.conf names beside that is left to getaddrinfo, for names that DNS does not know. The
 * hosts file comes before DNS, in whatever order nsswitch.conf has them.
 */
export class Resolution {
  readonly #hosts;
  readonly #servers;
  readonly #others;
  readonly #interfaces: () => Interfaces;
  readonly #linux: boolean;
  readonly #system: SystemResolver;

  constructor({
    hosts = '/etc/hosts',
    resolvConf = '/etc/resolv.conf',
    nsswitch = '/etc/nsswitch.conf',
    port = 53,
    platform = process.platform,
    environment = process.env,
    interfaces = networkInterfaces,
    askSystem,
  }: Machine = {}) {
    this.#hosts = rereading(hosts, parseHosts);
    this.#servers = rereading(
      resolvConf,
      (text) => new DnsServers(parseResolvConf(text, { hostname: hostname(), environment }), port),
    );
    this.#others = rereading(nsswitch, hasOtherSources);
    this.#interfaces = interfaces;
    this.#linux = platform === 'linux';
    this.#system = new SystemResolver(this.#linux ? THREADS.linux : THREADS.others, askSystem);
  }

  /** Who is asked. Another object when resolv.conf has changed: what the old servers said is old then. */
  servers(): object {
    return this.#servers();
  }

  /** The addresses that nobody has to be asked for, or undefined. @param name from `canonicalName` */
  local(name: string): readonly LookupAddress[] | undefined {
    const family = isIP(name);
    if (family !== 0) return [{ address: name, family }];
    const known = this.#hosts().get(name) ?? (isLocalhost(name) ? LOOPBACK : undefined);
    return known && this.#narrowed(known);
  }

  /** Asks the DNS servers. @throws NameError at the latest when `signal` aborts */
  async remote(name: string, signal: AbortSignal): Promise<Found> {
    if (!this.#linux) return await this.#askSystem(name, signal, new NameError('EAI_AGAIN', name, TOO_LATE));
    const interfaces = this.#interfaces();
    const servers = this.#servers();
    const families = familiesOf(interfaces);
    let failure: Exclude<DnsAnswer, { kind: 'found' | 'none' }> | undefined;
    for (const candidate of candidatesOf(name, servers.conf)) {
      if (!isName(candidate)) continue;
      const answer = await servers.ask(candidate, families, signal);
      if (answer.kind === 'found') return { ...answer, addresses: inOrder(answer.addresses, interfaces) };
      if (answer.kind !== 'none') failure ??= answer;
      // Nobody answers the next one either. A server that fails may still answer for another domain, as glibc has it.
      if (answer.kind === 'silent') break;
    }
    const { nameservers } = servers.conf;
    if (failure?.kind === 'silent')
      throw new NameError('EAI_AGAIN', name, `no DNS server answers (${nameservers.join(', ')})`);
    if (failure) throw new NameError('EAI_AGAIN', name, `the DNS server can't tell (${failure.code})`);
    const unknown = new NameError('ENOTFOUND', name, 'DNS knows no address of this name');
    if (!this.#others()) throw unknown;
    return await this.#askSystem(name, signal, unknown);
  }

  /** @param otherwise when getaddrinfo has no answer in time */
  async #askSystem(name: string, signal: AbortSignal, otherwise: NameError): Promise<Found> {
    let addresses: readonly LookupAddress[] | undefined;
    try {
      addresses = await this.#system.ask(name, signal);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code === 'ENOTFOUND' ? 'ENOTFOUND' : 'EAI_AGAIN';
      throw new NameError(code, name, 'the system does not resolve it', { cause });
    }
    if (!addresses) throw otherwise;
    return { addresses, ttl: SYSTEM_TTL_MS };
  }

  /** Without the families that the machine does not have, unless nothing is left that it could reach. */
  #narrowed(known: readonly LookupAddress[]): readonly LookupAddress[] | undefined {
    const interfaces = this.#interfaces();
    const families: readonly number[] = familiesOf(interfaces);
    const narrowed = known.filter(({ family }) => families.includes(family));
    if (narrowed.length > 0) return inOrder(narrowed, interfaces);
    return known.some(isLoopback) ? known : undefined;
  }
}

const TOO_LATE = 'the system did not resolve it in time';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

function isLoopback({ address }: LookupAddress): boolean {
  return address === '::1' || address.startsWith('127.');
}
