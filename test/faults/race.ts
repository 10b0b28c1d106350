import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from './lab/client.ts';
import { type Lane, makeFolder, writeConfig } from './lab/config.ts';
import { ProxyProcess } from './lab/proxy.ts';
import { Store } from './lab/store.ts';
import type { Row, Way } from './row.ts';
import { pattern } from './wire/pattern.ts';

/**
 * The race of a store that closes idle connections: it closes each some time after its answer, just when the next request
 * may be on its way, since clients pause for as long. No read may fail, no write may be carried out twice, and few writes
 * may fail. `--idle 0,1,2,5` is a store that nobody has: it closes what is in use.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '32' },
    /** Milliseconds, one for each answer in turn. */
    idle: { type: 'string', default: '50,60,75,100' },
    over: { type: 'string', default: 'plain' },
  },
});
const IDLE_MS = values.idle.split(',').map(Number);
/** Clients pause for up to this long, evenly spread. */
const LONGEST_PAUSE_MS = Math.max(...IDLE_MS) * 1.5;
const REQUESTS = Number(values.requests);
/** Of the writes, those that may get 503. */
const MOST_FAILED = 0.005;
const BODY = pattern(0, 2000);

const row: Row = {
  name: 'race',
  kind: 'retry',
  store: { idleCloseMs: IDLE_MS },
  asks: [],
  timeouts: { keepAlive: 60_000 },
};
const way = values.over as Way;
const folder = await makeFolder();
const store = new Store(folder.tls);
const lane: Lane = { name: 'race', row, way, port: await store.open('race', row.store, way === 'tls') };
const proxy = new ProxyProcess(await writeConfig(folder, [lane], { upstream: {}, listener: {}, top: {} }));
try {
  const ports = await proxy.started();
  const outcomes = await race({ port: ports[way], ca: way === 'tls' ? folder.tls.ca : undefined });
  const { requests, connections } = await store.records('race');
  const carried = new Map<string, number>();
  for (const { method, target, whole } of requests)
    if (method === 'PUT' && whole) carried.set(target, (carried.get(target) ?? 0) + 1);
  const twice = [...carried.values()].filter((times) => times > 1).length;
  const share = outcomes.failedWrites / (REQUESTS / 2);
  process.stdout.write(
    `${REQUESTS} requests over ${connections.length} connections to the store, ${requests.length} taken: ${outcomes.failedReads} reads failed, ${twice} writes carried out twice, ${outcomes.failedWrites} writes failed (${(share * 100).toFixed(2)} %)\n`,
  );
  if (outcomes.failedReads > 0 || twice > 0 || share > MOST_FAILED) process.exitCode = 1;
} finally {
  await proxy.stop();
  store.close();
  await folder.remove();
}

async function race(address: ConstructorParameters<typeof Client>[0]) {
  let next = 0;
  const outcomes = { failedReads: 0, failedWrites: 0 };
  const work = async (): Promise<void> => {
    let client = new Client(address);
    for (let at = next; at < REQUESTS; at = next) {
      next += 1;
      await pause(((at * 7919) % 1000) * (LONGEST_PAUSE_MS / 1000));
      const method = at % 2 === 0 ? 'PUT' : 'GET';
      if (client.ended !== 'open') client = new Client(address);
      client.asks(method);
      const length = method === 'PUT' ? `Content-Length: ${BODY.length}\r\n` : '';
      client.send(`${method} /race/plain/${at} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n`);
      if (method === 'PUT') client.send(BODY);
      await client.until('answer');
      if (client.latest?.status === 200 && client.latest.whole) continue;
      outcomes[method === 'PUT' ? 'failedWrites' : 'failedReads'] += 1;
    }
    client.leave('fin');
  };
  await Promise.all(Array.from({ length: Number(values.clients) }, work));
  return outcomes;
}
