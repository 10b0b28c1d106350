import { parseEndpoint } from '../config/endpoint.ts';
import type { Config } from '../config/schema.ts';
import { PROVIDERS, type Provider } from '../s3/providers.ts';
import type { Credentials } from '../secret.ts';
import { milliseconds } from './milliseconds.ts';
import type { Upstream } from './snapshot.ts';

/** What an upstream of the config refers to. */
export interface LoadedUpstream {
  readonly ca: string | undefined;
  readonly credentials: Credentials;
}

/** @param name its path in the config */
export function buildUpstream(
  name: string,
  { endpoint, region, provider: providerName, addressing, etag, timeouts }: Config['upstream'],
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
    etags: etagsOf(etag, provider),
    ca: loaded.ca,
    credentials: loaded.credentials,
    timeouts: {
      connect: milliseconds(timeouts.connect),
      headers: milliseconds(timeouts.headers),
      idle: milliseconds(timeouts.idle),
      keepAlive: milliseconds(timeouts.keepAlive),
    },
  };
}

function etagsOf(asked: Config['upstream']['etag'], provider: Provider): Upstream['etags'] {
  const marked = asked === 'auto' ? provider.etag === 'opaque' : asked === 'mark';
  return marked ? 'marked' : 'as-is';
}
