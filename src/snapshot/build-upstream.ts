import { dialectOf } from '../config/dialect.ts';
import { parseEndpoint } from '../config/endpoint.ts';
import type { LoadedUpstream } from '../config/loaded.ts';
import type { Config } from '../config/schema.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { GOOGLE } from '../dialects/google.ts';
import { OBS } from '../dialects/obs.ts';
import { PROVIDERS, type Provider } from '../s3/providers.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { milliseconds } from './units.ts';

/** @param name its path in the config */
export function buildUpstream(
  name: string,
  {
    endpoint,
    region,
    provider: providerName,
    dialect,
    addressing,
    etag,
    transport,
    signer,
    timeouts,
    limits,
    outage,
  }: Config['upstream'],
  loaded: LoadedUpstream | undefined,
): Upstream {
  if (loaded === undefined) throw new TypeError(`${name} was not loaded`);
  const parsed = parseEndpoint(endpoint);
  if (parsed.kind === 'refused') throw new TypeError(`${name}.endpoint ${parsed.message}`);
  const { protocol, hostname, port, basePath } = parsed.endpoint;
  const provider = PROVIDERS[providerName];
  return {
    name,
    protocol,
    hostname,
    port,
    basePath,
    region,
    addressing: addressing ?? provider.addressing,
    provider,
    dialect: ROWS[dialectOf({ dialect, provider: providerName }, hostname)],
    etags: etagsOf(etag, provider),
    signer,
    ca: loaded.ca,
    credentials: loaded.credentials,
    transport,
    timeouts: {
      connect: milliseconds(timeouts.connect),
      headers: milliseconds(timeouts.headers),
      idle: milliseconds(timeouts.idle),
      document: milliseconds(timeouts.document),
      late: milliseconds(timeouts.late),
      keepAlive: milliseconds(timeouts.keepAlive),
    },
    limits: { ...limits, wait: milliseconds(limits.wait) },
    outage: {
      failures: outage.failures,
      pause: milliseconds(outage.pause),
      longestPause: milliseconds(outage.longestPause),
    },
  };
}

function etagsOf(asked: Config['upstream']['etag'], provider: Provider): Upstream['etags'] {
  const marked = asked === 'auto' ? provider.etag === 'opaque' : asked === 'mark';
  return marked ? 'marked' : 'as-is';
}

/** What S3 speaks needs no translation. */
const ROWS: Readonly<Record<NonNullable<Config['upstream']['dialect']>, Dialect | undefined>> = {
  s3: undefined,
  obs: OBS,
  google: GOOGLE,
};
