import type { Secret } from '../../../secret.ts';
import type { Grant } from './auth.ts';

/** The operations of a lease at the vault. */
export interface Leasing {
  /** @throws when the vault is unreachable or refuses the login */
  readonly logIn: () => Promise<Grant>;
  /** @throws for the same reasons */
  readonly renew: (token: Secret) => Promise<Grant>;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
}

/** A token is renewed after two thirds of its lifetime, which leaves time for retries. */
const RENEW_AT = 2 / 3;
/** Between tries to renew, and the shortest time to a renewal, in milliseconds. */
const SHORTEST_WAIT_MS = 250;
/** The longest wait of a Node timer. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Keeps a token valid: renews it before it expires, and logs in again when that failed. */
export class Lease {
  readonly #leasing: Leasing;
  #held: { readonly grant: Grant; readonly since: number } | undefined;
  #login: Promise<Secret> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(leasing: Leasing) {
    this.#leasing = leasing;
  }

  /** A token that should work; all callers during a login wait for the same one. @throws what the login throws */
  async token(): Promise<Secret> {
    if (this.#held !== undefined && this.#left() > 0) return this.#held.grant.token;
    this.#login ??= this.#leasing
      .logIn()
      .then((grant) => this.#hold(grant).token)
      .finally(() => {
        this.#login = undefined;
      });
    return await this.#login;
  }

  /** The current token, whether it still works or not. */
  get held(): Secret | undefined {
    return this.#held?.grant.token;
  }

  /** The vault no longer accepts the token: the next caller gets another one. */
  drop(token: Secret): void {
    if (this.#held?.grant.token === token) this.end();
  }

  /** Stops renewing; returns the current token, if there is one. */
  end(): Secret | undefined {
    clearTimeout(this.#timer);
    const token = this.#held?.grant.token;
    this.#held = undefined;
    return token;
  }

  #hold(grant: Grant): Grant {
    this.#held = { grant, since: this.#leasing.clock() };
    if (grant.renewable && grant.ttl !== undefined) this.#renewIn(grant.ttl * RENEW_AT);
    return grant;
  }

  #left(): number {
    if (this.#held === undefined) return 0;
    const { grant, since } = this.#held;
    return grant.ttl === undefined ? Number.POSITIVE_INFINITY : since + grant.ttl - this.#leasing.clock();
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer);
    const wait = Math.min(Math.max(ms, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => void this.#renew(), wait).unref();
  }

  async #renew(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    try {
      const grant = await this.#leasing.renew(held.grant.token);
      if (this.#held === held) this.#hold(grant);
    } catch {
      // A caller after the end of the token gets the reason why the login fails.
      if (this.#held === held && this.#left() > SHORTEST_WAIT_MS) this.#renewIn(this.#left() / 3);
    }
  }
}
