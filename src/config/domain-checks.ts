import { isHost, isHostName } from './address.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** Names below which buckets are addressed. */
export function checkDomains({ domains }: Salvaged<Config>, report: Report): void {
  const seen = new Set<string>();
  for (const [index, domain] of (domains ?? []).entries()) {
    if (domain === undefined) continue;
    const path: Path = ['domains', index];
    const name = domain.toLowerCase();
    if (!isDomain(name)) {
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

/** A bucket of which a custom domain is the address: the rule of S3 for names in a host. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Names that are each the whole address of a bucket. */
export function checkCustomDomains({ customDomains, domains }: Salvaged<Config>, report: Report): void {
  const below = (domains ?? []).flatMap((domain) => (domain === undefined ? [] : [domain.toLowerCase()]));
  const seen = new Set<string>();
  for (const [domain, bucket] of Object.entries(customDomains ?? {})) {
    const path: Path = ['customDomains', domain];
    const name = domain.toLowerCase();
    if (!isDomain(name)) {
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

function isDomain(name: string): boolean {
  return isHostName(name) && isHost(name) && !/^[\d.]+$/.test(name);
}
