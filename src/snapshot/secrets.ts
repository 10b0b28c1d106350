import type { Secret } from '../secret.ts';
import type { Snapshot } from './snapshot.ts';
import { allUpstreams } from './upstream-of.ts';

type Holding = Pick<Snapshot, 'clients' | 'upstream' | 'upstreams' | 'admin'>;

/** All secrets that a snapshot holds as texts: those of clients, of stores and of the admin address. None of them can print. */
class Secrets {
  readonly #texts: ReadonlySet<string>;

  constructor(secrets: Iterable<Secret>) {
    this.#texts = new Set([...secrets].map((secret) => secret.reveal()));
  }

  /** Is a text one of them, so that it must not be shown? */
  has(text: string): boolean {
    return this.#texts.has(text);
  }
}

const found = new WeakMap<Holding, Secrets>();

/** Made when somebody asks for them first: most snapshots never refuse anybody who would need them. */
export function secretsOf(snapshot: Holding): Secrets {
  const known = found.get(snapshot) ?? new Secrets(heldBy(snapshot));
  found.set(snapshot, known);
  return known;
}

function* heldBy(snapshot: Holding): Generator<Secret> {
  for (const { credentials } of allUpstreams(snapshot)) yield credentials.secretAccessKey;
  for (const { secretAccessKey, sessionToken, signers } of snapshot.clients.values()) {
    yield secretAccessKey;
    if (sessionToken) yield sessionToken;
    for (const signer of signers.values()) yield signer.secretAccessKey;
  }
  if (snapshot.admin?.token) yield snapshot.admin.token;
}
