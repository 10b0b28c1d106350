import type { Credentials } from '../secret.ts';
import { scopeText, signingKey } from './canonical.ts';
import type { Scope } from './claim.ts';

const MOST = 1000;

/**
 * Caches the signing keys of verified signatures, so that a client's key is derived once a day and not once a request.
 * Only keys of verified signatures are kept, so that a stranger can't fill the cache.
 */
export class SigningKeys {
  readonly #keys = new Map<string, Buffer>();

  get({ accessKeyId, secretAccessKey }: Credentials, scope: Scope): Buffer {
    return this.#keys.get(nameOf(accessKeyId, scope)) ?? signingKey(secretAccessKey.reveal(), scope);
  }

  keep(accessKeyId: string, scope: Scope, key: Buffer): void {
    const oldest = this.#keys.size >= MOST ? this.#keys.keys().next().value : undefined;
    if (oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(nameOf(accessKeyId, scope), key);
  }
}

function nameOf(accessKeyId: string, scope: Scope): string {
  return `${accessKeyId}/${scopeText(scope)}`;
}
