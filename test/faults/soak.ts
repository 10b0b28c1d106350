import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from './lab/client.ts';
import { type Lane, makeFolder, writeConfig } from './lab/config.ts';
import { ProxyProcess } from './lab/proxy.ts';
import { Store } from './lab/store.ts';
import type { Row, StoreStep, Way } from './row.ts';
import { answer, errorDocument, OK, REFUSED, say } from './rows/texts.ts';
import { pattern } from './wire/pattern.ts';

/**
 * A soak: clients that write and read, a reload every few seconds, and a store that fails now and then. Every write that
 * was acknowledged has to be at the store, byte for byte and under its key; every read that looks whole has to be; and no
 * more requests may fail than the store failed at.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '10' },
    over: { type: 'string', default: 'tls' },
  },
});
const UNTIL = performance.now() + Number(values.minutes) * 60_000;
const RELOAD_EVERY_MS = 5000;
const PAUSE_MS = 50;
/** Of the requests, the share that the store fails at. */
const ONE_IN = 20;
const MOST_TURNS = 400_000;
const SIZES = [0, 1, 1000, 16_384, 65_537, 200_000];

/** What the store does instead of serving well. */
const FAULTS: readonly (readonly StoreStep[])[] = [
  [{ end: 'reset' }],
  [{ end: 'fin' }],
  [{ take: 'body' }, { end: 'reset' }],
  [{ take: 'body' }, say(answer('HTTP/1.1 503 Slow', errorDocument('SlowDown')))],
  [say(REFUSED), { end: 'fin' }],
  [{ take: 'body' }, say('SSH-2.0-OpenSSH_9.9\r\n')],
  [{ take: 'body' }, say(`${OK}{echo}content-length: 100\r\n\r\nhalf`), { end: 'reset' }],
  [{ take: 'body' }, say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`), { end: 'fin' }],
  [{ take: 'body' }, say('HTTP/1.1 101 Switching\r\n\r\n')],
  [{ take: 'body' }, { hold: 'forever' }],
];

const turns = Array.from({ length: MOST_TURNS }, (_, at) =>
  at % ONE_IN === ONE_IN - 1 ? FAULTS[Math.floor(at / ONE_IN) % FAULTS.length] : undefined,
);
const row: Row = {
  name: 'soak',
  kind: 'end',
  store: { turns },
  asks: [],
  timeouts: { headers: 1000, idle: 1000, keepAlive: 4000 },
};
const way = values.over as Way;
const folder = await makeFolder();
const store = new Store(folder.tls);
const lane: Lane = { name: 'soak', row, way, port: await store.open('soak', row.store, way === 'tls') };
const configured = (round: number): Promise<string> =>
  writeConfig(folder, [lane], { upstream: {}, listener: {}, top: { drain: `${1 + (round % 2)}s` } });
const proxy = new ProxyProcess(await configured(0));
try {
  const ports = await proxy.started();
  const before = { descriptors: await proxy.descriptors(), memory: await proxy.memory() };
  const [outcomes, reloads] = await Promise.all([
    soak({ port: ports[way], ca: way === 'tls' ? folder.tls.ca : undefined }),
    reloading(),
  ]);
  await pause(6000);
  const after = { descriptors: await proxy.descriptors(), memory: await proxy.memory() };
  const faults = await judge(outcomes);
  process.stdout.write(
    `${outcomes.requests} requests, ${outcomes.acknowledged.size} writes acknowledged, ${outcomes.failed} requests failed, ${reloads} reloads; descriptors ${before.descriptors} → ${after.descriptors}, memory ${Math.round(before.memory)} → ${Math.round(after.memory)} MiB\n`,
  );
  for (const [what, times] of outcomes.kinds) process.stdout.write(`  ${times} times ${what}\n`);
  if (after.descriptors > before.descriptors + 2) faults.push('descriptors are left open');
  faults.push(...proxy.complaints.map((line) => `standard error: ${line}`));
  for (const fault of faults) process.stdout.write(`FAILED ${fault}\n`);
  process.stdout.write(faults.length === 0 ? 'passed\n' : `${faults.length} faults\n`);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await proxy.stop();
  store.close();
  await folder.remove();
}

interface Outcomes {
  requests: number;
  failed: number;
  /** How they failed, and how often. */
  readonly kinds: Map<string, number>;
  /** Object keys, and the size that was written. */
  readonly acknowledged: Map<string, number>;
  readonly wrong: string[];
}

async function soak(address: ConstructorParameters<typeof Client>[0]): Promise<Outcomes> {
  const outcomes: Outcomes = { requests: 0, failed: 0, kinds: new Map(), acknowledged: new Map(), wrong: [] };
  const work = async (): Promise<void> => {
    let client = new Client(address);
    while (performance.now() < UNTIL) {
      outcomes.requests += 1;
      const at = outcomes.requests;
      await pause(PAUSE_MS);
      if (client.ended !== 'open') client = new Client(address);
      const size = SIZES[at % SIZES.length] ?? 0;
      if (at % 3 === 0) await read(client, at, size, outcomes);
      else await write(client, at, size, outcomes);
    }
    client.leave('fin');
  };
  await Promise.all(Array.from({ length: Number(values.clients) }, work));
  return outcomes;
}

async function write(client: Client, at: number, size: number, outcomes: Outcomes): Promise<void> {
  const objectKey = `${at % 2 === 0 ? 'sealed' : 'plain'}/${at}`;
  client.asks('PUT');
  client.send(`PUT /soak/${objectKey} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
  client.send(pattern(0, size));
  await client.until('answer');
  const { status, whole } = client.latest ?? {};
  if (status === 200 && whole) outcomes.acknowledged.set(objectKey, size);
  else fail(client, outcomes);
}

function fail({ latest, ended }: Client, outcomes: Outcomes): void {
  outcomes.failed += 1;
  const { status = 0, body } = latest ?? {};
  const [, code = ''] = /<Code>(\w+)</.exec(body?.toString('latin1') ?? '') ?? [];
  const what = `${status} ${code}, connection ${ended}`;
  outcomes.kinds.set(what, (outcomes.kinds.get(what) ?? 0) + 1);
}

async function read(client: Client, at: number, size: number, outcomes: Outcomes): Promise<void> {
  const framing = at % 2 === 0 ? 'length' : 'chunked';
  client.asks('GET');
  client.send(`GET /soak/plain/${framing}-${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await client.until('answer');
  const { status, whole, body } = client.latest ?? {};
  if (status !== 200 || !whole) fail(client, outcomes);
  else if (!body?.equals(pattern(0, size)))
    outcomes.wrong.push(`a read of ${size} bytes looks whole and is not`);
}

async function reloading(): Promise<number> {
  let reloads = 0;
  while (performance.now() + RELOAD_EVERY_MS < UNTIL) {
    await pause(RELOAD_EVERY_MS);
    reloads += 1;
    await configured(reloads);
    proxy.reload();
  }
  return reloads;
}

async function judge({ requests: sent, failed, acknowledged, wrong }: Outcomes): Promise<string[]> {
  const { requests, faults } = await store.records('soak');
  const digests = new Map(
    SIZES.map((size) => [size, createHash('sha256').update(pattern(0, size)).digest('hex')]),
  );
  const there = new Map(
    requests.filter(({ method, whole }) => method === 'PUT' && whole).map((taken) => [taken.target, taken]),
  );
  const found = [...wrong, ...faults.map((fault) => `the store got what is not HTTP: ${fault}`)];
  for (const [objectKey, size] of acknowledged) {
    const taken = there.get(`/soak/${objectKey}`);
    const keyed = taken?.fields.some(([name]) => name === 'x-amz-server-side-encryption-customer-key');
    if (taken?.sha256 !== digests.get(size)) found.push(`${objectKey} is acknowledged and not at the store`);
    else if (objectKey.startsWith('sealed/') && !keyed)
      found.push(`${objectKey} is at the store without a key`);
  }
  const played = Math.ceil(Math.max(sent, requests.length) / ONE_IN) + 1;
  if (failed > played) found.push(`${failed} requests failed where the store failed at ${played}`);
  if (failed === 0) found.push('no request failed: the store served all of them well');
  return found;
}
