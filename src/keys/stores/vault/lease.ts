import type { Secret } from '../../../secret.ts';
import type { Grant } from './auth.ts';

/** What a lease does with the vault. */
export interface Leasing {
  /** @throws when the vault can't be reached or lets us not in */
  readonly logIn: () => Promise<Grant>;
  /** @throws likewise */
  readonly renew: (token: Secret) => Promise<Grant>;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}

/** A renewal comes after two thirds of the time, so that there is room to try again. */
const RENEW_AT = 2 / 3;
/** Between tries to renew, and the shortest time to a renewal, in milliseconds. */
const SHORTEST_WAIT_MS = 250;
/** The longest that a timer of Node waits. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** A token that is kept good: renewed before it ends, and gotten anew when it could not be. */
export class Lease {
  readonly #leasing: Leasing;
  #held: { readonly grant: Grant; readonly since: number } | undefined;
  #login: Promise<Secret> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(leasing: Leasing) {
    this.#leasing = leasing;
  }

  /** A token that should work; all who ask during a login wait for the same. @throws what the login throws */
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

  /** The token that is held now, whether it still works or not. */
  get held(): Secret | undefined {
    return this.#held?.grant.token;
  }

  /** The vault does not take the token any more: the next one who asks gets another. */
  drop(token: Secret): void {
    if (this.#held?.grant.token === token) this.end();
  }

  /** Renews no more; the token that was held, if there was one. */
  end(): Secret | undefined {
    clearTimeout(this.#timer);
    const token = this.#held?.grant.token;
    this.#held = undefined;
    return token;
  }

  #hold(grant: Grant): Grant {
    this.#held = { grant, since: this.#leasing.now() };
    if (grant.renewable && grant.ttl !== undefined) this.#renewIn(grant.ttl * RENEW_AT);
    return grant;
  }

  #left(): number {
    if (this.#held === undefined) return 0;
    const { grant, since } = this.#held;
    return grant.ttl === undefined ? Number.POSITIVE_INFINITY : since + grant.ttl - this.#leasing.now();
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
      // Whoever asks when the token has ended gets told why the login fails.
      if (this.#held === held && this.#left() > SHORTEST_WAIT_MS) this.#renewIn(this.#left() / 3);
    }
  }
}
