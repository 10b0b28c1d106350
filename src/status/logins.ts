import type { RequestFields } from '../log-line.ts';
import type { ClientFacts } from './facts.ts';
import { ago, plural } from './words.ts';

type Login = { -readonly [K in keyof ClientFacts]: ClientFacts[K] };

/** Failed logins that are further apart than this have nothing to do with each other. */
const HOUR_MS = 3_600_000;
/** So long a failed login counts when others came in since. */
const RECENT_MS = 10 * 60_000;
/** Fewer are not a reason to look: anybody can send a request in the name of a client. */
const MANY = 3;

/** What the client itself has wrong. Whatever else a request is refused for says nothing of its secret. */
const REFUSED: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  SignatureDoesNotMatch: [
    'its signatures do not fit its secret',
    'Its secret was changed at one end only: give the client and the config the same secretAccessKey. A load balancer that changes Host or the path does this too.',
  ],
  RequestTimeTooSkewed: [
    'its clock and the one of the proxy differ too much',
    'Set the clock of the client, or of this host.',
  ],
  InvalidToken: [
    'its session token is not the one of the config',
    'Give the client and the config the same sessionToken.',
  ],
};

/** Which clients of the config come, and which fail to log in. A client that the config does not have adds nothing. */
export class Logins {
  #clients = new Map<string, Login>();

  use(names: Iterable<string>): void {
    const before = this.#clients;
    this.#clients = new Map([...names].map((name) => [name, before.get(name) ?? unseen(name)]));
  }

  note({ client, claimed, code = '' }: RequestFields, now: number): void {
    if (client !== undefined) {
      const known = this.#clients.get(client);
      if (!known) return;
      known.requests += 1;
      known.lastRequest = now;
      return;
    }
    const known = claimed === undefined ? undefined : this.#clients.get(claimed);
    if (!known || !Object.hasOwn(REFUSED, code)) return;
    const goesOn = known.lastRefused !== undefined && now - known.lastRefused < HOUR_MS;
    known.refused = goesOn ? known.refused + 1 : 1;
    if (!goesOn) known.refusedSince = now;
    known.lastRefused = now;
    known.code = code;
  }

  get all(): readonly ClientFacts[] {
    return [...this.#clients.values()].map((login) => ({ ...login }));
  }
}

function unseen(name: string): Login {
  const never = { lastRequest: undefined, refusedSince: undefined, lastRefused: undefined };
  return { name, requests: 0, refused: 0, code: undefined, ...never };
}

/** Failed logins that count as now. */
function refusedNow({ refused, lastRefused, lastRequest = 0 }: ClientFacts, now: number): number {
  if (lastRefused === undefined) return 0;
  return now - lastRefused > (lastRequest > lastRefused ? RECENT_MS : HOUR_MS) ? 0 : refused;
}

/** What is wrong with the logins of a client; undefined when nothing is. */
export function loginSaid(client: ClientFacts, now: number) {
  const { name, refused, refusedSince = 0, lastRefused = 0, lastRequest, code = '' } = client;
  if (refusedNow(client, now) < MANY) return undefined;
  const [why, fix] = REFUSED[code] ?? [
    `it is refused with ${code}`,
    'See the cause in its lines in the log.',
  ];
  const times = `${plural(refused, 'request')}, the last ${ago(lastRefused, now)} ago`;
  if (lastRequest !== undefined && lastRequest > refusedSince)
    return {
      of: name,
      state: 'warn' as const,
      sentence: `Requests of client ${name} fail to log in: ${why} (${times}). Others of it came in, the last ${ago(lastRequest, now)} ago.`,
      fix: `${fix} One of its hosts may differ from the others, or somebody else uses its name: the log has the address of each.`,
    };
  const before =
    lastRequest === undefined
      ? 'It has not come in since the start'
      : `It came in last ${ago(lastRequest, now)} ago`;
  return {
    of: name,
    state: 'warn' as const,
    sentence: `Client ${name} can't log in: ${why} (${times}). ${before}.`,
    fix,
  };
}

/** What is said of the clients where nothing is found. */
export function loginsWell(clients: readonly ClientFacts[], now: number): string {
  const few = clients.reduce((sum, client) => sum + refusedNow(client, now), 0);
  const failed =
    few === 0 ? 'none fails to log in' : `${plural(few, 'request')} failed to log in, too few to say why`;
  return `${plural(clients.length, 'client')}; ${failed}.`;
}
