import { isGlob, matchGlob } from '../rules/glob.ts';
import { PROVIDERS } from '../s3/providers.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** Warns of rules whose bucket is, or may be, a name that the store has another use for: requests to it are refused. */
export function checkReserved({ rules, upstream, upstreams }: Salvaged<Config>, report: Report): void {
  for (const [index, rule] of (rules ?? []).entries()) {
    const bucket = rule?.match?.bucket;
    if (rule === undefined || bucket === undefined) continue;
    const place = rule.upstream === undefined ? upstream : upstreams?.[rule.upstream];
    if (place?.provider === undefined) continue;
    const { reserved } = PROVIDERS[place.provider];
    const path: Path = ['rules', index, 'match', 'bucket'];
    if (!isGlob(bucket)) {
      if (reserved.buckets.test(bucket)) warnOfName(path, place.provider, report);
      continue;
    }
    // Of a store that nobody has named, they are only what others have.
    if (place.provider === 'generic') continue;
    const names = reserved.names.filter((name) => matchGlob(bucket, name));
    if (names.length > 0) warnOfGlob(path, { provider: place.provider, names }, report);
  }
}

function warnOfName(path: Path, provider: string, report: Report): void {
  report.warn(
    path,
    `the store (provider ${provider}) has another use for this name, and requests to it are refused`,
    'remove the rule, or set the provider that the store is',
  );
}

function warnOfGlob(
  path: Path,
  { provider, names }: { provider: string; names: readonly string[] },
  report: Report,
): void {
  report.warn(
    path,
    `also matches ${names.join(', ')}, which the store (provider ${provider}) has another use for: requests to ${names.length > 1 ? 'them' : 'it'} are refused`,
    'nothing, unless buckets are named so',
  );
}
