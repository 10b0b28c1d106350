import type { Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** A domain whose servers hang must leave others some of the look-ups. */
export function checkNames({ names }: Salvaged<Config>, report: Report): void {
  const { lookups, lookupsPerDomain } = names ?? {};
  if (lookups === undefined || lookupsPerDomain === undefined || lookupsPerDomain < lookups) return;
  report.warn(
    ['names', 'lookupsPerDomain'],
    `one domain can take all ${lookups} look-ups`,
    'let it be less than names.lookups',
  );
}
