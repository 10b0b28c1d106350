import { commonMatch } from '../rules/glob.ts';
import type { Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** The objects of a rule or of a grant. */
interface Area {
  readonly bucket: string;
  readonly prefix: string;
}

/** Warns of rules that no client can reach: no grant shares an object with them, and every listener needs a signature. */
export function checkReach({ listen, clients, rules }: Salvaged<Config>, report: Report): void {
  const grants = grantsOf(clients);
  // A part that is broken or missing may be the one that reaches them.
  if (grants === 'all' || !listen || listen.some((listener) => listener?.auth !== 'sigv4')) return;
  for (const [index, rule] of (rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (bucket === undefined || prefix === undefined) continue;
    if (grants.some((grant) => overlap(grant, { bucket, prefix }))) continue;
    report.warn(
      ['rules', index, 'match'],
      'no client may access the objects of this rule',
      'add them to the allow of a client, or remove the rule',
    );
  }
}

/** All grants of all clients; `all` when a client may do everything, or might once its mistakes are fixed. */
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
