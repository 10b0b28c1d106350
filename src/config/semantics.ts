import { isDeepStrictEqual } from 'node:util';
import {
  addressesClash,
  isHost,
  isHostName,
  isLoopback,
  type ListenPlace,
  parseListenPlace,
} from './address.ts';
import { checkAdmin } from './admin-checks.ts';
import { checkClients } from './client-checks.ts';
import { checkDialects } from './dialect-checks.ts';
import { checkEndpoints } from './endpoint-checks.ts';
import { checkFronts } from './front-checks.ts';
import { checkKeySources } from './key-sources.ts';
import { checkNames } from './name-checks.ts';
import type { Path, Report } from './problem.ts';
import { checkReach } from './reach.ts';
import { checkReserved } from './reserved-checks.ts';
import { checkRings } from './ring-checks.ts';
import { checkRules } from './rule-checks.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { checkUpstreams } from './upstream-checks.ts';
import { checkUsefulness } from './usefulness.ts';
import { checkVaults } from './vault-checks.ts';

export type SalvagedConfig = Salvaged<Config>;

/** Checks that need more than one field, on all parts of the config that are valid in themselves. */
export function checkSemantics(config: SalvagedConfig, report: Report, now: Date): void {
  checkListeners(config, report);
  checkFronts(config, report);
  checkAddresses(config, report);
  checkAdmin(config, report);
  checkDomains(config, report);
  checkCustomDomains(config, report);
  checkClients(config, report);
  checkUpstreams(config, report);
  checkEndpoints(config, report);
  checkDialects(config, report);
  checkNames(config, report);
  checkKeySources(config, report);
  checkVaults(config, report);
  checkRules(config, report);
  checkReserved(config, report);
  checkRings(config, report, now);
  checkReach(config, report);
  checkUsefulness(config, report);
}

function checkListeners({ listen, clients }: SalvagedConfig, report: Report): void {
  for (const [index, listener] of (listen ?? []).entries()) {
    const place = listener?.address === undefined ? undefined : parseListenPlace(listener.address);
    if (listener === undefined || place === undefined || isLocal(place)) continue;
    const path: Path = ['listen', index];
    if (listener.auth === 'none') {
      report.error([...path, 'auth'], 'auth: none is for loopback addresses only', 'listen at 127.0.0.1');
    }
    // A broken `tls` has been reported; only an absent one means plain HTTP.
    if (!('tls' in listener) && listener.insecure === false) {
      report.error(
        [...path, 'address'],
        place.kind === 'systemd'
          ? 'plain HTTP on a socket that systemd opens, which may be for everybody'
          : 'plain HTTP on an address that is not loopback',
        'add tls: { cert, key }, or insecure: true if nobody can eavesdrop on the network',
      );
    }
  }
  const needsClients = listen?.some((listener) => listener?.auth === 'sigv4') === true;
  if (needsClients && clients?.length === 0) {
    report.error(['clients'], 'there are no clients, so nobody can use a listener with auth: sigv4');
  }
}

/** What only this machine can reach. Where a socket of systemd's is, only its unit says. */
function isLocal(place: ListenPlace): boolean {
  return place.kind === 'unix' || (place.kind === 'address' && isLoopback(place.host));
}

function checkAddresses({ listen, admin }: SalvagedConfig, report: Report): void {
  const places = [
    ...(listen ?? []).map((listener, index) => ({
      path: ['listen', index, 'address'],
      text: listener?.address,
    })),
    { path: ['admin', 'address'], text: admin?.address },
  ];
  const taken: { readonly name: string; readonly place: ListenPlace }[] = [];
  for (const { path, text } of places) {
    const place = text === undefined ? undefined : parseListenPlace(text);
    if (place === undefined) continue;
    const other = taken.find((one) => placesClash(one.place, place));
    if (other !== undefined) report.error(path, `${other.name} already has this address`);
    taken.push({ name: `${path[0]}${path[0] === 'listen' ? `[${path[1]}]` : ''}`, place });
  }
}

function placesClash(a: ListenPlace, b: ListenPlace): boolean {
  return a.kind === 'address' && b.kind === 'address' ? addressesClash(a, b) : isDeepStrictEqual(a, b);
}

/** A bucket of which a custom domain is the address: the rule of S3 for names in a host. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function checkCustomDomains({ customDomains, domains }: SalvagedConfig, report: Report): void {
  const below = (domains ?? []).flatMap((domain) => (domain === undefined ? [] : [domain.toLowerCase()]));
  const seen = new Set<string>();
  for (const [domain, bucket] of Object.entries(customDomains ?? {})) {
    const path: Path = ['customDomains', domain];
    const name = domain.toLowerCase();
    if (!isHostName(name) || !isHost(name) || /^[\d.]+$/.test(name)) {
      report.error(
        path,
        'is not a host name',
        'write it as in files.example.com: BUCKET, without scheme or port',
      );
    }
    if (below.some((one) => name === one || name.endsWith(`.${one}`)))
      report.error(path, 'is one of domains, or below one of them: it addresses a bucket already');
    if (seen.has(name)) report.error(path, 'the domain is there twice');
    seen.add(name);
    if (bucket !== undefined && !BUCKET.test(bucket))
      report.error(path, 'the value is not the name of a bucket');
  }
}

function checkDomains({ domains }: SalvagedConfig, report: Report): void {
  const seen = new Set<string>();
  for (const [index, domain] of (domains ?? []).entries()) {
    if (domain === undefined) continue;
    const path: Path = ['domains', index];
    const name = domain.toLowerCase();
    if (!isHostName(name) || !isHost(name) || /^[\d.]+$/.test(name)) {
      report.error(
        path,
        'is not a host name',
        'write it as in s3.example.com, without scheme, port, wildcard or IP address',
      );
    }
    if (seen.has(name)) report.error(path, 'the domain is in the list twice');
    seen.add(name);
  }
}
