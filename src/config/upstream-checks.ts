import { PROVIDERS } from '../s3/providers.ts';
import { parseEndpoint } from './endpoint.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { checkSplitBuckets } from './split-buckets.ts';
import { didYouMean } from './suggest.ts';

type Upstream = Salvaged<Config>['upstream'];

/** Checks the endpoint of each upstream, and the references to it. */
export function checkUpstreams(config: Salvaged<Config>, report: Report): void {
  const { upstream, upstreams } = config;
  checkEndpoint(upstream, ['upstream'], report);
  for (const [id, other] of Object.entries(upstreams ?? {})) checkEndpoint(other, ['upstreams', id], report);
  warnOfShares(config, report);
  const known = Object.keys(upstreams ?? {});
  for (const { id, path } of references(config)) {
    if (known.includes(id)) continue;
    const fix = didYouMean(id, known) ?? (known.length === 0 ? 'there are no upstreams' : undefined);
    report.error(path, `unknown upstream "${id}"`, fix);
  }
  const used = new Set((config.rules ?? []).map((rule) => rule?.upstream));
  // A rule that is broken may mean the one that seems unused.
  const whole = config.rules?.every((rule) => rule && !('upstream' in rule && rule.upstream === undefined));
  for (const id of whole ? known : []) {
    if (!used.has(id)) report.warn(['upstreams', id], 'no rule uses this upstream');
  }
  checkSplitBuckets(config, report);
}

/** One client must leave others some of the connections to a store. */
function warnOfShares({ upstream, upstreams, limits }: Salvaged<Config>, report: Report): void {
  const share = limits?.requestsPerClient;
  const places: [Path, Upstream][] = [
    [['upstream'], upstream],
    ...Object.entries(upstreams ?? {}).map(([id, one]): [Path, Upstream] => [['upstreams', id], one]),
  ];
  for (const [path, one] of places) {
    const most = one?.limits?.connections;
    if (share === undefined || most === undefined || share < most) continue;
    report.warn(
      [...path, 'limits', 'connections'],
      `one client can take all ${most} connections to the store, since limits.requestsPerClient is ${share}`,
      'let it be more than limits.requestsPerClient',
    );
  }
}

function references({ rules, clients }: Salvaged<Config>): { readonly id: string; readonly path: Path }[] {
  const byRules = (rules ?? []).flatMap((rule, index) =>
    rule?.upstream === undefined ? [] : [{ id: rule.upstream, path: ['rules', index, 'upstream'] }],
  );
  const byClients = (clients ?? []).flatMap((client, index) =>
    Object.keys(client?.upstreams ?? {}).map((id) => ({ id, path: ['clients', index, 'upstreams', id] })),
  );
  return [...byRules, ...byClients];
}

function checkEndpoint(upstream: Upstream, at: Path, report: Report): void {
  if (upstream?.endpoint === undefined) return;
  const path: Path = [...at, 'endpoint'];
  const parsed = parseEndpoint(upstream.endpoint);
  if (parsed.kind === 'refused') {
    report.error(path, parsed.message, parsed.fix);
    return;
  }
  const { endpoint } = parsed;
  if (endpoint.protocol === 'http:' && upstream.insecure === false) {
    report.error(
      path,
      'SSE-C keys would cross the network in clear text over http://',
      `use https://, or set ${pathText(at)}.insecure: true`,
    );
  }
  const byProvider = upstream.provider === undefined ? undefined : PROVIDERS[upstream.provider].addressing;
  const addressing = upstream.addressing ?? byProvider;
  if (addressing === 'virtual' && endpoint.hostIsAddress) {
    report.error(
      path,
      'addressing: virtual puts the bucket before the host name, but this host is an IP address',
      'use a host name, or addressing: path',
    );
  }
}
