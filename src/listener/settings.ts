import type { Permissions } from '../clients/permissions.ts';
import type { Front } from './front.ts';

/** One listening socket of the config. */
export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Undefined where a connection is the client's own. */
  readonly front?: Front | undefined;
  readonly auth: 'sigv4' | 'none';
  /** What clients of a listener without authentication may do. */
  readonly permissions: Permissions;
}
