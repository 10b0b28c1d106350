import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { storeAt } from './store-hosts.ts';

type Upstream = NonNullable<Salvaged<Config>['upstream']>;
type Spoken = NonNullable<Config['upstream']['dialect']>;

/** What an upstream is spoken to in: what the config says, else what its hosts are known to speak. */
export function dialectOf(
  { dialect, provider }: Pick<Upstream, 'dialect' | 'provider'>,
  hostname: string,
): Spoken {
  if (dialect !== undefined) return dialect;
  return provider === 'obs' && storeAt(hostname)?.provider === 'obs' ? 'obs' : 's3';
}
