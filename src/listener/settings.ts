import type { Permissions } from '../clients/permissions.ts';

/** One listening socket of the config. */
export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly auth: 'sigv4' | 'none';
  /** What clients of a listener without authentication may do. */
  readonly permissions: Permissions;
}
