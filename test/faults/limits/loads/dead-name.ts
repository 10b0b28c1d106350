import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dnsServer } from '../../../upstream/names/dns-server.ts';
import { invite, listed, tally, unexpected } from '../guest.ts';
import type { Load, Stand } from '../load.ts';

/** Loopback, and no other DNS server's place. */
const SERVER = '127.0.0.157';
const ROUNDS = 8;
const REQUESTS = 40;
const DEAD = 40;
/** The 99th percentile beside the dead name against that without it. A look-up that held the good one up would take seconds. */
const RATIO = 5;
const UNSHARE = ['unshare', '-m', 'sh', '-c'] as const;

/** A store whose DNS hangs beside a good one that is looked up again and again. */
export const DEAD_NAME: Load = {
  name: `a name whose DNS hangs, with ${DEAD} clients, beside a good store`,
  over: 'plain',
  short: true,
  // So that there are new connections all the time.
  store: { idleCloseMs: [1] },
  hosts: { load: 'good.test', dead: 'store.dead.test' },
  timeouts: { connect: 1000 },
  memory: 256,
  skip: whyNot,
  start,
  play,
};

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'needs root on Linux: DNS servers of /etc/resolv.conf are asked at port 53';
  if (spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'mount --bind /etc/hosts /etc/hosts']).status !== 0)
    return 'needs a mount namespace (unshare -m) for an /etc/resolv.conf of its own';
  return undefined;
}

async function start(folder: string) {
  const ends: (() => unknown)[] = [];
  await dnsServer(
    { teardown: (end) => ends.push(end) },
    ({ name, type }) => (name === 'good.test' ? (type === 'A' ? { A: ['127.0.0.1'], ttl: 0 } : {}) : 'hang'),
    { address: SERVER, port: 53 },
  );
  const file = join(folder, 'resolv.conf');
  await writeFile(file, `nameserver ${SERVER}\n`);
  return {
    through: [...UNSHARE, `mount --bind '${file}' /etc/resolv.conf && exec "$0" "$@"`],
    end: () => ends.forEach((end) => void end()),
  };
}

async function play(stand: Stand): Promise<readonly string[]> {
  const times = { without: [] as number[], beside: [] as number[] };
  const good: string[] = [];
  const dead: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    for (const how of ['without', 'beside'] as const) {
      const asking = how === 'beside' ? await invite(DEAD, stand) : [];
      const answers = Promise.all(asking.map((guest) => guest.ask(ask('dead'))));
      for (let request = 0; request < REQUESTS; request += 1) {
        const begin = performance.now();
        const [guest] = await invite(1, stand, 1);
        good.push((await guest?.ask(ask('load'))) ?? '');
        times[how].push(performance.now() - begin);
        guest?.leave();
        // Behind the store's end of the connection.
        await new Promise((go) => setTimeout(go, 5));
      }
      dead.push(...(await answers));
      for (const guest of asking) guest.leave();
    }
  const [without, beside] = [percentile(times.without), percentile(times.beside)];
  const counts = { good: tally(good), dead: tally(dead) };
  stand.say(
    `good: ${listed(counts.good)}, dead: ${listed(counts.dead)}; 99th percentile ${without.toFixed(1)} ms without, ${beside.toFixed(1)} ms beside`,
  );
  return [
    ...unexpected(counts.good, ['200']),
    ...unexpected(counts.dead, [/^503 SlowDown/]),
    ...(beside > RATIO * without ? ['the good store is slower beside the dead name'] : []),
  ];
}

function ask(bucket: string): string {
  return `GET /${bucket}/plain/a HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

function percentile(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}
