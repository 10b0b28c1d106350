import { Guest, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';

const DESCRIPTORS = 64;
const CLIENTS = 200;
const ASK = 'GET /load/plain/a HTTP/1.1\r\nHost: localhost\r\n\r\n';
const TRIES = 200;

/** Fewer descriptors than clients: each is served or refused, and each is served in the end when it tries again. */
export const FEW_DESCRIPTORS: Load = {
  name: `${DESCRIPTORS} descriptors and ${CLIENTS} clients`,
  short: true,
  store: {},
  start: () => Promise.resolve({ through: ['sh', '-c', `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`] }),
  memory: 256,
  play,
};

async function play(stand: Stand): Promise<readonly string[]> {
  const guests = Array.from({ length: CLIENTS }, () => new Guest(stand));
  for (const guest of guests) void guest.standing.then(() => guest.send(ASK));
  const outcomes = tally(await Promise.all(guests.map((guest) => guest.answered())));
  const tries = await Promise.all(guests.map((guest) => untilServed(guest, stand)));
  for (const guest of guests) guest.leave();
  stand.say(`${listed(outcomes)}; served after ${Math.max(...tries)} tries at most`);
  return [
    ...unexpected(outcomes, ['200', '503 SlowDown, Retry-After', ...(stand.way === 'tls' ? ['closed'] : [])]),
    ...(outcomes.get('200') ? [] : ['none was served at once']),
    ...(tries.includes(Number.POSITIVE_INFINITY) ? [`some were not served in ${TRIES} tries`] : []),
  ];
}

/** As an SDK does, over a new connection each time; it leaves when it is served. @returns how many tries it took */
async function untilServed(first: Guest, stand: Stand): Promise<number> {
  let guest = first;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const outcome = await guest.answered();
    guest.leave();
    if (outcome === '200') return tries;
    await new Promise((go) => setTimeout(go, 50 + Math.random() * 100));
    guest = new Guest(stand);
    await guest.standing;
    guest.send(ASK);
  }
  return Number.POSITIVE_INFINITY;
}
