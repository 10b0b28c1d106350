import { type Guest, invite, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';
import { CLIENTS, link } from '../signing.ts';

const SLOW = 500;
const EVERY_MS = 250;
/** Of the good client, while all the others drip. */
const REQUESTS = 200;
/** `limits.requestsPerClient` by default. */
const OF_ONE_CLIENT = 256;

/** Clients that send a byte now and then, beside one that must not notice. */
export const SLOW_CLIENTS: readonly Load[] = [
  {
    name: `${SLOW} heads that drip beside a good client`,
    short: true,
    store: {},
    listener: { auth: 'sigv4' },
    top: { clients: CLIENTS },
    memory: 256,
    play: (stand) => beside(stand, () => 'GET /load/plain/a HTTP/1.1\r\nHost: localhost\r\nx-slow: ', []),
  },
  {
    name: `${SLOW} bodies that drip beside a good client`,
    short: true,
    store: {},
    listener: { auth: 'sigv4' },
    top: { clients: CLIENTS },
    memory: 256,
    play: (stand) =>
      beside(
        stand,
        (at) =>
          `PUT ${link('PUT', `/load/sealed/${at}`, 'slow')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n`,
        ['503 SlowDown, Retry-After'],
      ),
  },
];

async function beside(
  stand: Stand,
  begin: (at: number) => string,
  refusals: readonly string[],
): Promise<readonly string[]> {
  const slow = await invite(SLOW, stand);
  for (const [at, guest] of slow.entries()) guest.send(begin(at));
  const timer = setInterval(() => {
    for (const guest of slow) guest.send('0');
  }, EVERY_MS);
  const served = tally(await goodClient(stand));
  clearInterval(timer);
  const outcomes = tally(slow.map(({ outcome }) => outcome));
  for (const guest of slow) guest.leave();
  stand.say(`the good client: ${listed(served)}; the others: ${listed(outcomes)}`);
  const dripping = outcomes.get('nothing') ?? 0;
  const most = refusals.length > 0 ? OF_ONE_CLIENT : SLOW;
  return [
    ...unexpected(served, ['200']),
    ...unexpected(outcomes, ['nothing', ...refusals]),
    ...(dripping === most ? [] : [`${dripping} were dripping, not ${most}`]),
  ];
}

/** Reads and writes over a few connections, in turn. */
async function goodClient(stand: Stand): Promise<string[]> {
  const guests = await invite(4, stand, 1);
  const outcomes: string[] = [];
  for (let at = 0; at < REQUESTS; at += 1) {
    const method = at % 2 === 0 ? 'PUT' : 'GET';
    const body = method === 'PUT' ? 'hello' : '';
    const target = link(method, `/load/plain/${at}`, 'good');
    const guest: Guest | undefined = guests[at % guests.length];
    outcomes.push(
      (await guest?.ask(
        `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )) ?? '',
    );
  }
  for (const guest of guests) guest.leave();
  return outcomes;
}
