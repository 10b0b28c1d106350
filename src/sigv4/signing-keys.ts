import type { KeyObject } from 'node:crypto';
import type { Credentials } from '../secret.ts';
import { scopeText, signingKey } from './canonical.ts';
import type { Scope } from './claim.ts';

const MOST = 1000;

/**
 * Caches the signing keys of verified signatures, so that a client's key is derived once a day and not once a request.
 * Only keys of verified signatures are kept, so that a stranger can't fill the cache.
 */
export class SigningKeys {
  readonly #keys = new Map<string, KeyObject>();
  /** What was asked for last, and found. */
  #found: { readonly accessKeyId: string; readonly scope: Scope; readonly key: KeyObject } | undefined;

  /** Undefined for a key that is not in the cache. */
  known(accessKeyId: string, scope: Scope): KeyObject | undefined {
    const found = this.#found;
    if (found && found.scope === scope && found.accessKeyId === accessKeyId) return found.key;
    const key = this.#keys.get(nameOf(accessKeyId, scope));
    if (key) this.#found = { accessKeyId, scope, key };
    return key;
  }

  get({ accessKeyId, secretAccessKey }: Credentials, scope: Scope): KeyObject {
    return this.known(accessKeyId, scope) ?? signingKey(secretAccessKey.reveal(), scope);
  }

  keep(accessKeyId: string, scope: Scope, key: KeyObject): void {
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
