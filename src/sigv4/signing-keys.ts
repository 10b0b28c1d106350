import type { Credentials } from '../secret.ts';
import { scopeText } from './canonical.ts';
import type { Scope } from './claim.ts';
import { SigningKey } from './signing-key.ts';

const MOST = 1000;

/**
 * Caches the signing keys of verified signatures, so that a client's key is derived once a day and not once a request.
 * Only keys of verified signatures are kept, so that a stranger can't fill the cache.
 */
export class SigningKeys {
  readonly #keys = new Map<string, SigningKey>();
  /** What was asked for last, and found. */
  #found: { readonly accessKeyId: string; readonly scope: Scope; readonly key: SigningKey } | undefined;

  /** Undefined for a key that is not in the cache. */
  known(accessKeyId: string, scope: Scope): SigningKey | undefined {
    const found = this.#found;
    if (found && found.scope === scope && found.accessKeyId === accessKeyId) return found.key;
    const key = this.#keys.get(nameOf(accessKeyId, scope));
    if (key) this.#found = { accessKeyId, scope, key };
    return key;
  }

  get({ accessKeyId, secretAccessKey }: Credentials, scope: Scope): SigningKey {
    return this.known(accessKeyId, scope) ?? new SigningKey(secretAccessKey.reveal(), scope);
  }

  keep(accessKeyId: string, scope: Scope, key: SigningKey): void {
    const name = nameOf(accessKeyId, scope);
    if (this.#keys.get(name) === key) return;
    this.#found = undefined;
    const oldest = this.#keys.size >= MOST ? this.#keys.keys().next().value : undefined;
    if (oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(name, key);
  }
}

function nameOf(accessKeyId: string, scope: Scope): string {
  return `${accessKeyId}/${scopeText(scope)}`;
}

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
const ofCredentials = new WeakMap<Credentials, Map<string, ScopedKey>>();

/** The key of our own signatures, derived once for each day, region and credentials. @param date `yyyymmdd` */
export function scopedKey(credentials: Credentials, region: string, date: string): ScopedKey {
  const found = ofCredentials.get(credentials)?.get(region);
  return found?.date === date ? found : derived(credentials, region, date);
}

function derived(credentials: Credentials, region: string, date: string): ScopedKey {
  const scope = { date, region, service: 's3', terminator: 'aws4_request' };
  const made = {
    date,
    scope: scopeText(scope),
    signingKey: new SigningKey(credentials.secretAccessKey.reveal(), scope),
  };
  const regions = ofCredentials.get(credentials) ?? new Map<string, ScopedKey>();
  const oldest =
    regions.size >= MOST_REGIONS && !regions.has(region) ? regions.keys().next().value : undefined;
  if (oldest !== undefined) regions.delete(oldest);
  ofCredentials.set(credentials, regions.set(region, made));
  return made;
}
