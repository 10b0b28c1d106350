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

function checkDialect(upstream: Upstream, at: Path, buckets: readonly string[], report: Report): void {
  const { provider, dialect, addressing, endpoint = '' } = upstream;
  if (dialect === 'obs' && provider !== 'obs') {
    report.error(
      [...at, 'dialect'],
      `dialect: obs, but provider: ${provider}`,
      'write provider: obs, or remove the dialect',
    );
    return;
  }
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
