import type { Credentials } from '../secret.ts';
import type { Holder } from '../sigv4/holder.ts';
import type { Permissions } from './permissions.ts';

/** Who may come, and what its requests are signed with. */
export interface Client extends Holder {
  /** What this client's requests are signed with, by the names of upstreams; by the upstream's own where there is none. */
  readonly signers: ReadonlyMap<string, Credentials>;
  readonly permissions: Permissions;
}
