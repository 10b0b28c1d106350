import type { Credentials } from '../secret.ts';
import { scopeText } from './canonical.ts';
import { SigningKey } from './signing-key.ts';

/** What signs the requests of one day for one region. */
export interface ScopedKey {
  /** `yyyymmdd` */
  readonly date: string;
  /** `yyyymmdd/region/s3/aws4_request` */
  readonly scope: string;
  readonly signingKey: SigningKey;
}

/** More than the regions of any store: AWS has about 40. */
const MOST_REGIONS = 64;

/** Credentials → region → the key of the day. They go with the config that had the credentials. */
const known = new WeakMap<Credentials, Map<string, ScopedKey>>();

/** The key of our own signatures, derived once for each day, region and credentials. @param date `yyyymmdd` */
export function scopedKey(credentials: Credentials, region: string, date: string): ScopedKey {
  const found = known.get(credentials)?.get(region);
  return found?.date === date ? found : derived(credentials, region, date);
}

function derived(credentials: Credentials, region: string, date: string): ScopedKey {
  const scope = { date, region, service: 's3', terminator: 'aws4_request' };
  const made = {
    date,
    scope: scopeText(scope),
    signingKey: new SigningKey(credentials.secretAccessKey.reveal(), scope),
  };
  const regions = known.get(credentials) ?? new Map<string, ScopedKey>();
  const oldest =
    regions.size >= MOST_REGIONS && !regions.has(region) ? regions.keys().next().value : undefined;
  if (oldest !== undefined) regions.delete(oldest);
  known.set(credentials, regions.set(region, made));
  return made;
}
