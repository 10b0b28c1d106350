import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import type { Stand } from './load.ts';

/** More than the head of a refusal and its document. */
const KEPT_CHARACTERS = 4096;

/** One of very many clients: a socket and the beginning of what came over it. */
export class Guest {
  received = '';
  ended = false;
  /** Resolves when the connection stands, its handshake done, or is gone. */
  readonly standing: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  constructor({ address: { port }, context: secureContext }: Pick<Stand, 'address' | 'context'>) {
    const at = { port, host: '127.0.0.1' };
    this.#socket = secureContext
      ? tls.connect({ ...at, servername: 'localhost', secureContext })
      : net.connect(at);
    const standing = Promise.withResolvers<void>();
    this.standing = standing.promise;
    this.#socket.once(secureContext ? 'secureConnect' : 'connect', () => standing.resolve());
    this.#socket.on('data', (bytes: Buffer) => {
      if (this.received.length < KEPT_CHARACTERS) this.received += bytes.toString('latin1');
      this.#wake();
    });
    this.#socket.on('error', () => {});
    this.#socket.once('close', () => {
      this.ended = true;
      standing.resolve();
      this.#wake();
    });
  }

  /** `200`, `503 SlowDown, Retry-After`, `closed` for a connection that ended without a word, `nothing` so far. */
  get outcome(): string {
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(this.received) ?? [];
    if (status === undefined) return this.ended ? 'closed' : 'nothing';
    const [, code] = /<Code>(\w+)</.exec(this.received) ?? [];
    const again = /^retry-after: \d/im.test(this.received);
    return `${status}${code === undefined ? '' : ` ${code}`}${again ? ', Retry-After' : ''}`;
  }

  send(text: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  /** Forgets what came, before the next request. */
  ask(text: string): Promise<string> {
    this.received = '';
    this.send(text);
    return this.answered();
  }

  /** Its outcome, once an answer's document or the end has come; `nothing` when neither does for so long. */
  async answered(patienceMs = 60_000): Promise<string> {
    const patience = setTimeout(() => this.#wake(), patienceMs);
    const until = performance.now() + patienceMs;
    while (!this.ended && !isWhole(this.received) && performance.now() < until)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    clearTimeout(patience);
    return this.outcome;
  }

  /** Takes nothing more of what comes. */
  stopReading(): void {
    this.#socket.pause();
  }

  leave(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** For short answers with a length. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return false;
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length >= head + 4 + length;
}

/** So many guests, a group of them at a time. */
export async function invite(count: number, stand: Stand, atOnce = 100): Promise<Guest[]> {
  const guests: Guest[] = [];
  while (guests.length < count) {
    const group = Array.from({ length: Math.min(atOnce, count - guests.length) }, () => new Guest(stand));
    guests.push(...group);
    await Promise.all(group.map(({ standing }) => standing));
  }
  return guests;
}

/** How many had each outcome. */
export function tally(outcomes: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

export function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join('; ');
}

/** Those that are neither served nor refused in words. Over TLS a connection far above the limit is closed. */
export function unexpected(
  counts: ReadonlyMap<string, number>,
  allowed: readonly (string | RegExp)[],
): string[] {
  return [...counts]
    .filter(
      ([outcome]) => !allowed.some((one) => (typeof one === 'string' ? one === outcome : one.test(outcome))),
    )
    .map(([outcome, count]) => `${count} clients: ${outcome}`);
}
