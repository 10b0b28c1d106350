import { isGlob, matchGlob } from '../rules/glob.ts';
import { PROVIDERS, type ProviderName } from '../s3/providers.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/**
 * Warns of rules whose bucket is, or may be, a name that the store has another use for, and of `default: pass`, which lets
 * every name pass: requests to such a bucket are refused.
 */
export function checkReserved(config: Salvaged<Config>, report: Report): void {
  const { rules, upstream, upstreams } = config;
  if (config.default === 'pass') warnOfGlob(['default'], '*', upstream?.provider, report);
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
    warnOfGlob(path, bucket, place.provider, report);
  }
}

function warnOfName(path: Path, provider: string, report: Report): void {
  report.warn(
    path,
    `the store (provider ${provider}) has another use for this name, and requests to it are refused`,
    'remove the rule, or set the provider that the store is',
  );
}

/**
 * At `generic` it says nothing: the names are those of all known stores, none of which need be this one, and the warning
 * would stand at almost every glob there. A bucket that is named so by a rule is warned of there too.
 */
function warnOfGlob(path: Path, glob: string, provider: ProviderName | undefined, report: Report): void {
  if (provider === undefined || provider === 'generic') return;
  const names = PROVIDERS[provider].reserved.names.filter((name) => matchGlob(glob, name));
  if (names.length === 0) return;
  report.warn(
    path,
    `also matches ${names.join(', ')}, which the store (provider ${provider}) has another use for: requests to ${names.length > 1 ? 'them' : 'it'} are refused`,
    'nothing, unless buckets are named so',
  );
}
