import type { Provider } from '../s3/providers.ts';
import type { Credentials } from '../secret.ts';

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
  /** `marked`: ETags under an encrypting rule get a mark, so that clients see that they are not MD5s. */
  readonly etags: 'marked' | 'as-is';
  /** PEM text that replaces the system's certificate authorities. */
  readonly ca: string | undefined;
  readonly credentials: Credentials;
  /** All in milliseconds. */
  readonly timeouts: {
    readonly connect: number;
    readonly headers: number;
    readonly idle: number;
    readonly keepAlive: number;
  };
}
