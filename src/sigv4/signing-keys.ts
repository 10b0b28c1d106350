import type { Credentials } from '../secret.ts';
import { scopeText, signingKey } from './canonical.ts';
import type { Scope } from './claim.ts';

const MOST = 1000;

/**
 * The signing keys of signatures that have verified, so that a client's key is derived once a day and not once a
 * request. Only verified ones are kept: a stranger can't fill it.
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
