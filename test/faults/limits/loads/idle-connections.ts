import { type Guest, invite, listed, tally, unexpected } from '../guest.ts';
import { withJemalloc } from '../jemalloc.ts';
import type { Load, Stand } from '../load.ts';

const CLIENTS = 5000;
const ASK = 'GET /load/plain/a HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** By default, and those above it that are kept for a moment. */
const LIMIT = 512;
const REFUSING = 64;
const SPARE = 16;
/**
 * What a second crowd may take beyond the first, with the allocator of the image: it finds room where the first one was.
 * glibc's does not (1.3 to 1.4 times, with one arena and without its caches too), and docs/operate/sizing.md says so.
 */
const REUSED = 1.25;

const ALL_LET_IN: Load = {
  name: `${CLIENTS} idle connections, all let in`,
  over: 'tls',
  store: {},
  top: { limits: { connections: CLIENTS + 500 } },
  memory: 120 + 0.1 * CLIENTS,
  play: (stand) => allLetIn(stand, Number.POSITIVE_INFINITY),
};

/** Connections that say nothing. */
export const IDLE_CONNECTIONS: readonly Load[] = [
  {
    name: `${CLIENTS} idle connections, limits by default`,
    short: true,
    store: {},
    memory: 256,
    play: beyondTheLimit,
  },
  ALL_LET_IN,
  withJemalloc({ ...ALL_LET_IN, play: (stand) => allLetIn(stand, REUSED) }),
];

async function beyondTheLimit(stand: Stand): Promise<readonly string[]> {
  const guests = await invite(CLIENTS, stand);
  const open = await settled(guests);
  const { descriptors } = stand.peak;
  const [good] = await invite(1, stand, 1);
  const served = await good?.ask(ASK);
  for (const guest of [...guests, ...(good ? [good] : [])]) guest.leave();
  const most = stand.descriptors + LIMIT + REFUSING + SPARE;
  stand.say(`${open} still open; one that asks: ${served}`);
  return [
    ...(open > LIMIT ? [`${open} connections are open`] : []),
    ...(descriptors > most ? [`${descriptors} descriptors, ${most} at most`] : []),
    ...(served === '200' ? [] : [`one that asks beside them: ${served}`]),
  ];
}

/** What is refused is kept for a moment, and what has just come does not give way. @returns how many are open then */
async function settled(guests: readonly Guest[]): Promise<number> {
  const open = (): number => guests.filter(({ ended }) => !ended).length;
  for (let looks = 0; looks < 50 && (looks < 10 || open() > LIMIT); looks += 1)
    await new Promise((go) => setTimeout(go, 200));
  return open();
}

async function allLetIn(stand: Stand, reused: number): Promise<readonly string[]> {
  const faults: string[] = [];
  const memory: number[] = [];
  for (const round of ['first', 'second']) {
    const guests = await invite(CLIENTS, stand);
    const outcomes = tally(await askSome(guests));
    const open = guests.filter(({ ended }) => !ended).length;
    memory.push(await stand.proxy.memory());
    for (const guest of guests) guest.leave();
    stand.say(`${round}: ${open} open, ${Math.round(memory.at(-1) ?? 0)} MiB, of some ${listed(outcomes)}`);
    faults.push(...unexpected(outcomes, ['200']));
    if (open < CLIENTS) faults.push(`only ${open} are open`);
    await gone(stand);
  }
  const [first = 0, second = 0] = memory;
  if (second > first * reused) faults.push(`the second crowd takes ${Math.round(second)} MiB`);
  return faults;
}

/** One of a hundred asks for something. */
function askSome(guests: readonly Guest[]): Promise<string[]> {
  return Promise.all(guests.filter((_, at) => at % 100 === 0).map((guest) => guest.ask(ASK)));
}

async function gone({ proxy, descriptors }: Stand): Promise<void> {
  for (let looks = 0; looks < 300 && (await proxy.descriptors()) > descriptors + SPARE; looks += 1)
    await new Promise((go) => setTimeout(go, 50));
}
