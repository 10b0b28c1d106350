/** TLS sessions that are kept, one a place. */
const MOST_SESSIONS = 256;

/** With which a new connection to the same place goes on. */
export class TlsSessions {
  readonly #sessions = new Map<string, Buffer>();

  get(lane: string): Buffer | undefined {
    return this.#sessions.get(lane);
  }

  keep(lane: string, session: Buffer): void {
    this.#sessions.delete(lane);
    this.#sessions.set(lane, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
  }
}
