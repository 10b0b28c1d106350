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
