import { Guest, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';

const CLIENTS = 1500;
/** Fewer than wait in the system's queue, beyond which a connection is tried again after seconds only. */
const AT_ONCE = 250;
const ASK = 'GET /load/plain/a HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** `upstream.limits.connections` by default. */
const TO_STORE = 384;
/** The store has not seen the end of these yet. */
const ENDING = 64;
/** Clients that wrote after the refusal, and saw the reset first. */
const RESET = CLIENTS / 100;
/** Metrics, key files and the like. */
const SPARE = 16;

/** More requests than there can be. */
const SILENT = { turns: Array.from({ length: 2 * CLIENTS }, () => [{ hold: 'forever' }]) };
const TIMEOUTS = { headers: 2500 };
const LOOK_EVERY_MS = 100;

/** Clients of a store that does not answer: what they hold is bounded, and each is told. */
export const UNANSWERED: readonly Load[] = [
  {
    name: '1,500 clients of a store that does not answer, limits by default',
    short: true,
    store: SILENT,
    timeouts: TIMEOUTS,
    memory: 256,
    // 64 more are kept to be refused in words.
    play: (stand) => play(stand, 512 + 64),
  },
  {
    name: '1,500 clients of a store that does not answer, all let in',
    store: SILENT,
    timeouts: TIMEOUTS,
    top: { limits: { connections: 3000, requestsPerClient: 2000 } },
    memory: 400,
    play: (stand) => play(stand, CLIENTS),
  },
];

async function play(stand: Stand, mostClients: number): Promise<readonly string[]> {
  let atStore = 0;
  const timer = setInterval(() => {
    void stand.store.records('load').then(({ connections }) => {
      atStore = Math.max(atStore, connections.filter((end) => end === 'open').length);
    });
  }, LOOK_EVERY_MS);
  const guests: Guest[] = [];
  const answers: Promise<string>[] = [];
  while (guests.length < CLIENTS) {
    const group = Array.from({ length: AT_ONCE }, () => new Guest(stand));
    guests.push(...group);
    answers.push(...group.map((guest) => guest.standing.then(() => guest.ask(ASK))));
    await Promise.all(group.map(({ standing }) => standing));
  }
  const outcomes = tally(await Promise.all(answers));
  clearInterval(timer);
  for (const guest of guests) guest.leave();
  const closed = outcomes.get('closed') ?? 0;
  const most = stand.descriptors + mostClients + TO_STORE + SPARE;
  stand.say(`${listed(outcomes)}; ${atStore} connections to the store at once`);
  return [
    ...unexpected(outcomes, [/^503 \w+(, Retry-After)?$/, 'closed']),
    ...(stand.way === 'plain' && closed > RESET ? [`${closed} clients were not told why`] : []),
    ...(atStore > TO_STORE + ENDING ? [`${atStore} connections to the store at once`] : []),
    ...(stand.peak.descriptors > most ? [`${stand.peak.descriptors} descriptors, ${most} at most`] : []),
  ];
}
