import type { Dialect } from '../dialects/dialect.ts';
import type { Provider } from '../s3/providers.ts';
import type { Credentials } from '../secret.ts';
import type { OutageLimits } from './outage.ts';

/** The names of the transports, as the config has them. */
export type TransportName = 'direct' | 'http-proxy';

/** A store, and how it is reached. */
export interface Upstream {
  /** Its path in the config: `upstream`, `upstreams.archive`. */
  readonly name: string;
  readonly protocol: 'http:' | 'https:';
  /** Host name or address without port; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path in front of `/bucket/key`, without a slash at its end; empty for nearly every store. */
  readonly basePath: string;
  readonly region: string;
  readonly addressing: 'path' | 'virtual';
  readonly provider: Provider;
  /** What it is spoken to in; absent means S3's, which needs no translation. */
  readonly dialect?: Dialect | undefined;
  /** `marked`: ETags under an encrypting rule get a mark, so that clients see that they are not MD5s. */
  readonly etags: 'marked' | 'as-is';
  /** Which code signs the requests to it. */
  readonly signer: 'own' | 'aws4';
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca: string | undefined;
  readonly credentials: Credentials;
  /** What carries requests to it. */
  readonly transport: TransportName;
  readonly timeouts: UpstreamTimeouts;
  readonly limits: UpstreamLimits;
  /** When it is left alone; absent means the defaults. */
  readonly outage?: OutageLimits;
}

/** All in milliseconds. */
interface UpstreamTimeouts {
  /** From the beginning of a connection to the end of its handshake. */
  readonly connect: number;
  /** From the last byte of a request to the last of the head of its answer. */
  readonly headers: number;
  /** Without a byte that the store takes or sends, while one is due. */
  readonly idle: number;
  /** For a document that is read whole, from its head to its end. */
  readonly document: number;
  /** For a document whose outcome comes late, as long as white space comes; absent means the default. */
  readonly late?: number;
  /** How long a connection is kept without a request. */
  readonly keepAlive: number;
}

/** How much of a store is used at once. */
interface UpstreamLimits {
  /** The most connections, idle ones included. */
  readonly connections: number;
  /** The most requests that wait for one. */
  readonly queue: number;
  /** How long they wait, in milliseconds. */
  readonly wait: number;
}
