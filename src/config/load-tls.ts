import type { ListenerSettings } from '../listener/settings.ts';
import { isHostName } from './address.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities, checkTlsPair, lacksHost, lacksName, type TlsPair } from './tls.ts';

interface TlsContext {
  readonly now: Date;
  readonly report: Report;
}

/** The certificates and keys of the listeners, in the order of the config; undefined where there are none. */
export async function loadTls(
  { listen, domains = [], customDomains = {} }: SalvagedConfig,
  sources: Sources,
  { now, report }: TlsContext,
): Promise<ListenerSettings['tls'][]> {
  const names = domains.flatMap((domain) => (domain !== undefined && isHostName(domain) ? domain : []));
  const custom = Object.keys(customDomains).filter(isHostName);
  const loaded: ListenerSettings['tls'][] = [];
  for (const [index, listener] of (listen ?? []).entries()) {
    const path: Path = ['listen', index, 'tls'];
    const load = async (pair: Names | undefined, at: Path, needed: Needed) => {
      const cert = await sources.file(pair?.cert, [...at, 'cert']);
      const key = await sources.secretFile(pair?.key, [...at, 'key']);
      return checkTlsPair(cert, key, { now, report, path: at, ...needed });
    };
    const certificates: TlsPair[] = [];
    for (const [at, pair] of (listener?.tls?.certificates ?? []).entries()) {
      const further = await load(pair, [...path, 'certificates', at], {});
      if (further) certificates.push(further);
    }
    // A name that one of the others has is not missing.
    const needed: Needed = {
      domains: names.filter((name) => certificates.every(({ cert }) => lacksName(cert, name))),
      customDomains: custom.filter((name) => certificates.every(({ cert }) => lacksHost(cert, name))),
    };
    const first = await load(listener?.tls, path, needed);
    const caPath: Path = [...path, 'clientCa'];
    const ca = await sources.file(listener?.tls?.clientCa, caPath);
    const clientCa = ca && checkAuthorities(ca, caPath, report);
    const more = { ...(certificates.length > 0 && { certificates }), ...(clientCa && { clientCa }) };
    loaded.push(first && { ...first, ...more });
  }
  return loaded;
}

/** Names that a certificate should have. */
type Needed = { readonly domains?: readonly string[]; readonly customDomains?: readonly string[] };

/** What of a pair is not broken. */
type Names = { readonly cert?: string | undefined; readonly key?: string | undefined };
