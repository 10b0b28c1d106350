import type { LookupAddress, RecordWithTtl } from 'node:dns';
import { promises } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { Family } from './order.ts';
import type { ResolvConf } from './resolv-conf.ts';

/** What the DNS servers say of one name. */
export type DnsAnswer =
  | { readonly kind: 'found'; readonly addresses: readonly LookupAddress[]; readonly ttl: number }
  /** There is no such name, or it has no address. */
  | { readonly kind: 'none' }
  /** A server answered that it can't tell; it may know other names. */
  | { readonly kind: 'failing'; readonly code: string }
  /** No server answered. */
  | { readonly kind: 'silent'; readonly code: string };

/**
 * How long the second family is waited for once the first has addresses. Some servers never answer a question for AAAA.
 */
const SECOND_FAMILY_MS = 500;
/**
 * c-ares shortens its first wait to a multiple of what the server took before, but not below 250 ms, and doubles it each
 * time. The server of a cluster answers for the search list at once and then asks the internet: it needs the later tries.
 */
const TRIES = 5;
const MAX_TRY_MS = 5000;
const MAX_ADDRESSES = 64;

/** The DNS servers of one resolv.conf, asked by c-ares: over sockets, without a thread. */
export class DnsServers {
  readonly conf: ResolvConf;
  readonly #servers: readonly string[];
  /** An idle one knows which server did not answer. Each asks for one name at a time, so that it can be cancelled. */
  readonly #idle: promises.Resolver[] = [];

  constructor(conf: ResolvConf, port: number) {
    this.conf = conf;
    this.#servers = conf.nameservers.map((server) => `${isIPv6(server) ? `[${server}]` : server}:${port}`);
  }

  /**
   * Asks for the addresses of exactly this name, A and AAAA side by side, and takes CNAMEs as they come. Answers within
   * the time that the conf gives all its attempts, or when `signal` aborts.
   */
  async ask(name: string, families: readonly Family[], signal: AbortSignal): Promise<DnsAnswer> {
    if (signal.aborted) return { kind: 'silent', code: 'ETIMEOUT' };
    const resolver = this.#idle.pop() ?? this.#make();
    const cancel = (): void => resolver.cancel();
    const { timeout, attempts, nameservers } = this.conf;
    const timers = [setTimeout(cancel, timeout * attempts * nameservers.length)];
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = families.map(async (family) => {
        const answer = await askOne(resolver, name, family);
        if (answer.kind === 'found') timers.push(setTimeout(cancel, SECOND_FAMILY_MS));
        return answer;
      });
      return together(await Promise.all(answers));
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      this.#idle.push(resolver);
    }
  }

  #make(): promises.Resolver {
    const resolver = new promises.Resolver({
      timeout: this.conf.timeout,
      tries: TRIES,
      maxTimeout: MAX_TRY_MS,
    });
    resolver.setServers(this.#servers);
    return resolver;
  }
}

async function askOne(resolver: promises.Resolver, name: string, family: Family): Promise<DnsAnswer> {
  try {
    const records: readonly RecordWithTtl[] =
      family === 4
        ? await resolver.resolve4(name, { ttl: true })
        : await resolver.resolve6(name, { ttl: true });
    const addresses = records.slice(0, MAX_ADDRESSES).map(({ address }) => ({ address, family }));
    // c-ares has counted the CNAMEs on the way.
    const seconds = Math.min(...records.map(({ ttl }) => ttl));
    if (addresses.length === 0) return { kind: 'none' };
    return { kind: 'found', addresses, ttl: seconds * 1000 };
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    return KINDS[code] === 'none' ? { kind: 'none' } : { kind: KINDS[code] ?? 'failing', code };
  }
}

/** Errors of c-ares. */
const KINDS: Readonly<Record<string, 'none' | 'silent'>> = {
  ENOTFOUND: 'none',
  ENODATA: 'none',
  EBADNAME: 'none',
  ETIMEOUT: 'silent',
  ECANCELLED: 'silent',
  ECONNREFUSED: 'silent',
};

/** One family that has addresses is enough. That there is none, all of them have to say. */
function together(answers: readonly DnsAnswer[]): DnsAnswer {
  const found = answers.filter((answer) => answer.kind === 'found');
  if (found.length === 0)
    return (
      answers.find(({ kind }) => kind === 'silent') ??
      answers.find(({ kind }) => kind === 'failing') ?? { kind: 'none' }
    );
  return {
    kind: 'found',
    addresses: found.flatMap(({ addresses }) => addresses),
    ttl: Math.min(...found.map(({ ttl }) => ttl)),
  };
}
