import type { ListenerSettings } from '../listener/settings.ts';
import { isHostName } from './address.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities, checkTlsPair, lacksName, type TlsPair } from './tls.ts';

interface TlsContext {
  readonly now: Date;
  readonly report: Report;
}

/** The certificates and keys of the listeners, in the order of the config; undefined where there are none. */
export async function loadTls(
  { listen, domains = [] }: SalvagedConfig,
  sources: Sources,
  { now, report }: TlsContext,
): Promise<ListenerSettings['tls'][]> {
  const names = domains.flatMap((domain) => (domain !== undefined && isHostName(domain) ? domain : []));
  const loaded: ListenerSettings['tls'][] = [];
  for (const [index, listener] of (listen ?? []).entries()) {
    const path: Path = ['listen', index, 'tls'];
    const load = async (pair: Names | undefined, at: Path, needed: readonly string[]) => {
      const cert = await sources.file(pair?.cert, [...at, 'cert']);
      const key = await sources.secretFile(pair?.key, [...at, 'key']);
      return checkTlsPair(cert, key, { now, report, path: at, domains: needed });
    };
    const certificates: TlsPair[] = [];
    for (const [at, pair] of (listener?.tls?.certificates ?? []).entries()) {
      const further = await load(pair, [...path, 'certificates', at], []);
      if (further) certificates.push(further);
    }
    // A name that one of the others has is not missing.
    const needed = names.filter((name) => certificates.every(({ cert }) => lacksName(cert, name)));
    const first = await load(listener?.tls, path, needed);
    const caPath: Path = [...path, 'clientCa'];
    const ca = await sources.file(listener?.tls?.clientCa, caPath);
    const clientCa = ca && checkAuthorities(ca, caPath, report);
    loaded.push(first && { ...first, certificates, clientCa });
  }
  return loaded;
}

/** What of a pair is not broken. */
type Names = { readonly cert?: string | undefined; readonly key?: string | undefined };
