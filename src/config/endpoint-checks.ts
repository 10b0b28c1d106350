import { isGlob, matchGlob } from '../rules/glob.ts';
import { addressesClash, isLoopback, parseAddress } from './address.ts';
import { dialectOf } from './dialect.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { ownHost, storeAt } from './store-hosts.ts';

type Upstream = NonNullable<Salvaged<Config>['upstream']>;

/** An endpoint, and what the config says besides. */
interface Placed {
  readonly upstream: Upstream;
  readonly endpoint: Endpoint;
  /** Path of the upstream. */
  readonly at: Path;
  /** The buckets that rules put there: names and globs. */
  readonly buckets: readonly string[];
  readonly encrypts: boolean;
  readonly config: Salvaged<Config>;
  readonly report: Report;
}

/** Finds endpoints that are well written and still not those of the store that is meant. */
export function checkEndpoints(config: Salvaged<Config>, report: Report): void {
  const { upstream, upstreams, rules } = config;
  const all: [Path, Salvaged<Config>['upstream'], string | undefined][] = [
    [['upstream'], upstream, undefined],
    ...Object.entries(upstreams ?? {}).map(([id, one]): [Path, Salvaged<Config>['upstream'], string] => [
      ['upstreams', id],
      one,
      id,
    ]),
  ];
  for (const [at, one, id] of all) {
    const parsed = one?.endpoint === undefined ? undefined : parseEndpoint(one.endpoint);
    if (one === undefined || parsed?.kind !== 'endpoint') continue;
    const own = (rules ?? []).filter((rule) => rule !== undefined && rule.upstream === id);
    const buckets = own.flatMap((rule) => rule?.match?.bucket ?? []);
    const encrypts = own.some((rule) => rule?.encrypt !== undefined && rule.encrypt !== 'off');
    const placed = { upstream: one, endpoint: parsed.endpoint, at, buckets, encrypts, config, report };
    for (const check of CHECKS) if (check(placed)) break;
  }
}

/** Each says whether it found something that makes the others noise. */
const CHECKS: readonly ((placed: Placed) => boolean)[] = [
  isProxy,
  isOtherService,
  hasBucketInHost,
  hasBucketInPath,
  isOtherProvider,
  isOtherRegion,
  isPlain,
];

/** A proxy that asks itself would do so until its limits are reached. */
function isProxy({ endpoint, at, config, report }: Placed): boolean {
  const { hostname, port } = endpoint;
  const own = (config.listen ?? []).findIndex((listener) => {
    const address = listener?.address === undefined ? undefined : parseAddress(listener.address);
    return address !== undefined && isLoopback(hostname) && addressesClash(address, { host: hostname, port });
  });
  if (own < 0) return false;
  report.fault(
    [...at, 'endpoint'],
    `this is the address of the proxy itself (${pathText(['listen', own])})`,
    'write the address of the store',
  );
  return true;
}

/** Ports and hosts of a store at which it does not speak S3. */
function isOtherService({ endpoint: { hostname, port, protocol }, upstream, at, report }: Placed): boolean {
  const path = [...at, 'endpoint'];
  if (/(?:^|\.)s3-website[.-]/.test(hostname)) {
    report.fault(path, 'this is a website endpoint, which only reads and takes no signatures', AWS_FORM);
    return true;
  }
  if (upstream.provider === 'minio' && port === 9001)
    report.warn(path, 'port 9001 is mostly the console of MinIO', 'write the port of its API, mostly 9000');
  if ((protocol === 'https:' && port === 80) || (protocol === 'http:' && port === 443))
    report.warn(
      path,
      `port ${port} is not the usual one of ${protocol}//`,
      `write ${protocol === 'https:' ? 'http' : 'https'}://, or the right port`,
    );
  return false;
}

const AWS_FORM = 'write https://s3.REGION.amazonaws.com';

/** The proxy puts the bucket before the host, or into the path, itself. */
function hasBucketInHost({ endpoint: { hostname }, buckets, at, report }: Placed): boolean {
  const path = [...at, 'endpoint'];
  const store = storeAt(hostname);
  const own = store && ownHost(hostname, store);
  if (own?.before !== undefined) {
    report.fault(
      path,
      `the host has a bucket before the name of the store (${own.host})`,
      `write https://${own.host}: the proxy adds the bucket`,
    );
    return true;
  }
  const bucket = buckets.find((name) => !isGlob(name) && hostname.startsWith(`${name}.`));
  if (store !== undefined || bucket === undefined) return false;
  report.warn(
    path,
    `the host begins with "${bucket}", which is a bucket of a rule`,
    'remove it if it is the bucket: the proxy adds it',
  );
  return false;
}

function hasBucketInPath({ endpoint: { basePath }, buckets, at, report, upstream }: Placed): boolean {
  if (basePath === '') return false;
  const path = [...at, 'endpoint'];
  const segments = basePath.slice(1).split('/');
  const bucket = segments.find((segment) => buckets.some((name) => name !== '*' && matchGlob(name, segment)));
  if (bucket !== undefined || upstream.provider === 'aws') {
    report.fault(
      path,
      bucket === undefined
        ? 'the endpoint has a path, but AWS has none'
        : `the endpoint has the bucket "${bucket}" in its path, and the proxy adds the bucket itself`,
      'remove everything after the host',
    );
    return true;
  }
  report.warn(
    path,
    'the endpoint has a path: requests go to /PATH/BUCKET/KEY',
    'remove it unless the store is behind that path',
  );
  return false;
}

/** What a provider assumes is true of its own store alone. */
function isOtherProvider({ endpoint: { hostname }, upstream: { provider }, at, report }: Placed): boolean {
  if (provider === undefined || isLoopback(hostname)) return false;
  const path = [...at, 'provider'];
  const store = storeAt(hostname);
  if (store === undefined) {
    if (provider === 'aws')
      report.warn(
        path,
        'provider: aws, but the host is not one of AWS',
        'write the provider that the store is, or generic; "ssec-proxy doctor" says which one fits',
      );
    return false;
  }
  if (store.provider === provider) return false;
  const words = [`the host is one of ${store.called}`, `write provider: ${store.provider}`] as const;
  if (provider === 'generic') report.warn(path, `${words[0]}, which has a provider of its own`, words[1]);
  else report.fault(path, `provider: ${provider}, but ${words[0]}`, words[1]);
  return false;
}

/** Signatures name a region, and a store refuses those for another one. */
function isOtherRegion({ endpoint: { hostname }, upstream: { region }, at, report }: Placed): boolean {
  const store = storeAt(hostname);
  const own = store && ownHost(hostname, store);
  if (region === undefined || own === undefined) return false;
  if (own.region !== undefined && own.region !== region)
    report.fault(
      [...at, 'region'],
      `the endpoint is that of the region ${own.region}`,
      `write region: ${own.region}, or the endpoint of ${region}`,
    );
  else if (own.region === undefined && store?.provider === 'aws' && region !== 'us-east-1')
    report.warn(
      [...at, 'endpoint'],
      'this host is that of us-east-1 and of no other region',
      `write https://s3.${region}.amazonaws.com`,
    );
  return false;
}

/** Stores that refuse SSE-C over http, unless they are told otherwise. */
const TLS_ONLY: ReadonlySet<string> = new Set(['aws', 'hetzner', 'obs', 'minio', 'ceph']);

function isPlain({ endpoint, upstream, at, encrypts, report }: Placed): boolean {
  const path = [...at, 'endpoint'];
  const { provider = 'generic', insecure, ca } = upstream;
  if (endpoint.protocol === 'https:') {
    if (insecure === true)
      report.warn([...at, 'insecure'], 'has no effect with an https:// endpoint', 'remove it');
    return false;
  }
  if (ca !== undefined)
    report.warn([...at, 'ca'], 'has no effect with an http:// endpoint', 'write https://, or remove it');
  const refuses = TLS_ONLY.has(provider) && !isLoopback(endpoint.hostname);
  // In the dialect of OBS that is an error, and said there.
  if (insecure === true && encrypts && refuses && dialectOf(upstream, endpoint.hostname) !== 'obs')
    report.warn(
      path,
      `a store with provider ${provider} refuses SSE-C over http:// by default`,
      'write https://',
    );
  return false;
}
