import type { RequestFields } from '../log-line.ts';
import type { ClientFacts } from './facts.ts';

/** The codes of requests that could not log in. */
const LOGIN_FAILURES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

type Login = { -readonly [K in keyof ClientFacts]: ClientFacts[K] };

/** Which clients of the config come, and which fail to log in. A client that the config does not have adds nothing. */
export class Logins {
  #clients = new Map<string, Login>();

  use(names: Iterable<string>): void {
    const before = this.#clients;
    this.#clients = new Map([...names].map((name) => [name, before.get(name) ?? unseen(name)]));
  }

  note({ client, claimed, code }: RequestFields, now: number): void {
    if (client !== undefined) {
      const known = this.#clients.get(client);
      if (!known) return;
      known.requests += 1;
      known.lastRequest = now;
      known.refused = 0;
      return;
    }
    // What is refused before anybody is known may have nothing to do with who asks: a full disk, a limit.
    if (claimed === undefined || !LOGIN_FAILURES.has(code ?? '')) return;
    const known = this.#clients.get(claimed);
    if (!known) return;
    known.refused += 1;
    known.lastRefused = now;
    known.code = code;
  }

  get all(): readonly ClientFacts[] {
    return [...this.#clients.values()].map((login) => ({ ...login }));
  }
}

function unseen(name: string): Login {
  return { name, requests: 0, lastRequest: undefined, refused: 0, lastRefused: undefined, code: undefined };
}
