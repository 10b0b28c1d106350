import type { Credentials } from '../secret.ts';
import type { Holder } from '../sigv4/holder.ts';
import type { Permissions } from './permissions.ts';

/** Who may come, and what its requests are signed with. */
export interface Client extends Holder {
  /** The credentials for this client's requests, by the names of upstreams; by default the upstream's own. */
  readonly signers: ReadonlyMap<string, Credentials>;
  readonly permissions: Permissions;
  /** A name that the certificate of its connection has to have, as `DNS:app.example.com`. */
  readonly certificate?: string | undefined;
}
