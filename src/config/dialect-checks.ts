import { isGlob } from '../rules/glob.ts';
import { isLoopback } from './address.ts';
import { dialectOf } from './dialect.ts';
import { parseEndpoint } from './endpoint.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

type Upstream = NonNullable<Salvaged<Config>['upstream']>;

/** Checks what an upstream with a dialect of its own needs besides. */
export function checkDialects({ upstream, upstreams, rules }: Salvaged<Config>, report: Report): void {
  const all: [Path, Upstream | undefined, string | undefined][] = [
    [['upstream'], upstream, undefined],
    ...Object.entries(upstreams ?? {}).map(([id, one]): [Path, Upstream | undefined, string] => [
      ['upstreams', id],
      one,
      id,
    ]),
  ];
  for (const [at, one, id] of all) {
    if (one?.provider === undefined || one.endpoint === undefined) continue;
    const own = (rules ?? []).filter((rule) => rule !== undefined && rule.upstream === id);
    checkDialect(
      one,
      at,
      own.flatMap((rule) => rule?.match?.bucket ?? []),
      report,
    );
  }
}

/** Dialects are those of one provider. */
const NEEDS: Readonly<Record<string, string | undefined>> = { obs: 'obs', google: 'generic' };

function checkDialect(upstream: Upstream, at: Path, buckets: readonly string[], report: Report): void {
  const { provider, dialect, addressing, endpoint = '' } = upstream;
  const needed = dialect === undefined ? undefined : NEEDS[dialect];
  if (needed !== undefined && provider !== needed) {
    report.error(
      [...at, 'dialect'],
      `dialect: ${dialect}, but provider: ${provider}`,
      `write provider: ${needed}, or remove the dialect`,
    );
    return;
  }
  if (dialect === 'google')
    report.warn(
      [...at, 'dialect'],
      'this dialect is unverified: it was written after the documents of Google Cloud Storage, and never tried there',
      'try it with data that may be lost, or encrypt at a store that is verified',
    );
  const parsed = parseEndpoint(endpoint);
  if (parsed.kind === 'refused') return;
  const { protocol, hostname } = parsed.endpoint;
  if (dialectOf(upstream, hostname) !== 'obs') return;
  // `insecure` allows http:// only where nobody can listen in: OBS refuses keys over it.
  if (protocol === 'http:' && !isLoopback(hostname))
    report.error([...at, 'endpoint'], 'OBS takes SSE-C keys over https:// only', 'write https://');
  if (isLoopback(hostname)) return;
  if (addressing === 'path')
    report.warn(
      [...at, 'addressing'],
      'OBS refuses path-style requests (403 VirtualHostDomainRequired)',
      'remove it: by default the bucket goes into the host name',
    );
  const dotted = buckets.find((name) => !isGlob(name) && name.includes('.'));
  if (dotted !== undefined)
    report.warn(
      [...at, 'dialect'],
      `OBS wants the bucket in the host name, and its certificate covers none with a dot, as "${dotted}" has`,
      'use a bucket without dots in its name',
    );
}
