import { invite, listed, tally, unexpected } from '../guest.ts';
import { withJemalloc } from '../jemalloc.ts';
import type { Load, Stand } from '../load.ts';
import { CLIENTS, link } from '../signing.ts';

/** With the limits by default: 512 connections, of each client 256 requests, 384 connections to the store. */
const UPLOADS = 128;
const DOCUMENTS = 128;
const DOWNLOADS = 256;
const MIB = 1024 * 1024;
const LARGE = 64 * MIB;
const PIECE = Buffer.alloc(MIB, 'a');

/** Everything that is limited at its limit: uploads that the store does not take, downloads that nobody takes, documents. */
const ALL: Load = {
  name: `${UPLOADS} uploads, ${DOWNLOADS} downloads and ${DOCUMENTS} documents that all stop`,
  store: {},
  listener: { auth: 'sigv4' },
  top: { clients: CLIENTS },
  memory: 340,
  // A document waits ten seconds for room, unread, so that nobody sees its client leave.
  backWithin: 25_000,
  play,
};

export const ALL_AT_ONCE: readonly Load[] = [ALL, withJemalloc(ALL)];

async function play(stand: Stand): Promise<readonly string[]> {
  const uploads = await invite(UPLOADS, stand);
  uploads.forEach((guest, at) => {
    guest.send(head('PUT', link('PUT', `/load/plain/${at}`, 'slow'), LARGE));
    guest.send(PIECE);
  });
  const downloads = await invite(DOWNLOADS, stand);
  downloads.forEach((guest, at) => {
    guest.send(head('GET', link('GET', `/load/plain/${at % 2 ? 'length' : 'chunked'}-${LARGE}`, 'good'), 0));
    guest.stopReading();
  });
  const documents = await invite(DOCUMENTS, stand);
  for (const guest of documents) {
    guest.send(head('POST', link('POST', '/load?delete', 'slow'), 2 * MIB));
    guest.send(PIECE);
  }
  await quiet(stand);
  const outcomes = tally([...uploads, ...downloads, ...documents].map(({ outcome }) => outcome));
  for (const guest of [...uploads, ...downloads, ...documents]) guest.leave();
  stand.say(listed(outcomes));
  return unexpected(outcomes, ['nothing', '503 SlowDown, Retry-After']);
}

function head(method: string, target: string, length: number): string {
  return `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;
}

/** Until its memory has not grown for some seconds. */
async function quiet({ proxy }: Stand): Promise<void> {
  let [most, still] = [0, 0];
  for (let looks = 0; looks < 30 && still < 4; looks += 1) {
    await new Promise((go) => setTimeout(go, 500));
    const now = await proxy.memory();
    still = now > most + 1 ? 0 : still + 1;
    most = Math.max(most, now);
  }
}
