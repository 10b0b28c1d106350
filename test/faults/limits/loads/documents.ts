import { type Guest, invite, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';

/** `limits.requestsPerClient` by default. */
const CLIENTS = 256;
/** S3 takes as much. */
const BYTES = 2 * 1024 * 1024;
const ONE = '<Object><Key>plain/a</Key></Object>';
const BEGIN = '<Delete><Quiet>true</Quiet>';
const END = `${ONE}</Delete>`;

/** Documents that are read whole before the store hears of them, each but for its last byte. */
export const DOCUMENTS: Load = {
  name: `${CLIENTS} documents of 2 MiB at once`,
  short: true,
  store: {},
  memory: 300,
  play,
};

async function play(stand: Stand): Promise<readonly string[]> {
  const guests = await invite(CLIENTS, stand);
  const document = Buffer.from(`${BEGIN}${' '.repeat(BYTES - BEGIN.length - END.length)}${END}`);
  const head = `POST /load?delete HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BYTES}\r\n\r\n`;
  for (const guest of guests) {
    guest.send(head);
    guest.send(document.subarray(0, -1));
  }
  await quiet(stand);
  for (const guest of guests) guest.send(document.subarray(-1));
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
