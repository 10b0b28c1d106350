import { type Guest, invite, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';

/** `limits.requestsPerClient` by default. */
const CLIENTS = 256;
const MIB = 1024 * 1024;
const CHUNK = Buffer.from(`${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`);
const END = '0\r\n\r\n';

/** Bodies of unknown length that are held in memory, each but for its last chunk. */
export const UNSIZED: Load = {
  name: `${CLIENTS} bodies of unknown length and 4 MiB at once`,
  store: {},
  top: { obs: true },
  memory: 300,
  play,
};

async function play(stand: Stand): Promise<readonly string[]> {
  const guests = await invite(CLIENTS, stand);
  for (const [i, guest] of guests.entries()) {
    guest.send(
      `PUT /load/k${i} HTTP/1.1\r\nHost: localhost\r\nAuthorization: OBS any:c2lnbmF0dXJl\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let chunks = 0; chunks < 4; chunks += 1) guest.send(CHUNK);
  }
  await quiet(stand);
  for (const guest of guests) guest.send(END);
  const outcomes = tally(await Promise.all(guests.map((guest: Guest) => guest.answered())));
  for (const guest of guests) guest.leave();
  stand.say(listed(outcomes));
  return unexpected(outcomes, ['200', '503 SlowDown, Retry-After', '503 SlowDown']);
}

/** Until its memory no longer grows. */
async function quiet({ proxy }: Stand): Promise<void> {
  for (let [before, now, looks] = [0, await proxy.memory(), 0]; now > before + 1 && looks < 40; looks += 1) {
    await new Promise((go) => setTimeout(go, 500));
    before = now;
    now = await proxy.memory();
  }
}
