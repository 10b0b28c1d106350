import type { Permissions } from '../clients/permissions.ts';
import type { Front } from './front.ts';

/** PEM texts. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  /** Chosen by the names in them, when a client asks for one of these. */
  readonly certificates?: readonly { readonly cert: string; readonly key: string }[] | undefined;
  /** Clients have to show a certificate of one of these authorities. */
  readonly clientCa?: string | undefined;
}

/** A socket of this machine, or one that somebody else has opened. */
type SocketPlace =
  | { readonly kind: 'unix'; readonly path: string; readonly mode: number }
  | { readonly kind: 'systemd'; readonly name: string };

/** One listening socket of the config. */
export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** Instead of host and port, which say nothing then. */
  readonly socket?: SocketPlace | undefined;
  readonly tls: ListenerTls | undefined;
  /** Undefined where a connection is the client's own. */
  readonly front?: Front | undefined;
  readonly auth: 'sigv4' | 'none';
  /** What clients of a listener without authentication may do. */
  readonly permissions: Permissions;
}
