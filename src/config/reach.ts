import { commonMatch } from '../rules/glob.ts';
import type { Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** The objects of a rule or of a grant. */
interface Area {
  readonly bucket: string;
  readonly prefix: string;
}

/** Warns of rules that no client may reach: no grant has objects in common with them, and no listener is for everybody. */
export function checkReach({ listen, clients, rules }: Salvaged<Config>, report: Report): void {
  const grants = grantsOf(clients);
  // What is broken or left out may be just what would reach them.
  if (grants === 'all' || !listen || listen.some((listener) => listener?.auth !== 'sigv4')) return;
  for (const [index, rule] of (rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (bucket === undefined || prefix === undefined) continue;
    if (grants.some((grant) => overlap(grant, { bucket, prefix }))) continue;
    report.warn(
      ['rules', index, 'match'],
      'no client may reach the objects of the rule',
      "let a client's allow name them, or remove the rule",
    );
  }
}

/** All grants of all clients; `all` when some client may do everything, or might when its mistakes are mended. */
function grantsOf(clients: Salvaged<Config>['clients']): 'all' | readonly Area[] {
  const areas: Area[] = [];
  if (!clients || clients.length === 0) return 'all';
  for (const client of clients) {
    if (!client || !('allow' in client) || !client.allow) return 'all';
    for (const grant of client.allow) {
      const { bucket, prefix } = grant ?? {};
      if (bucket === undefined || prefix === undefined) return 'all';
      areas.push({ bucket, prefix });
    }
  }
  return areas;
}

function overlap(a: Area, b: Area): boolean {
  const nested = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return nested && commonMatch(a.bucket, b.bucket) !== undefined;
}
