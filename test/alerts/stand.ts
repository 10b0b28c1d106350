import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makePair } from '../config/fixture.ts';
import { clientsOf } from './clients.ts';
import type { Fault } from './faults.ts';
import { parseScrape, type Scrape } from './scrape.ts';
import { startStore } from './store.ts';

const SCRAPES = 12;
const EVERY_MS = 800;
const DAY_MS = 86_400_000;

/** Runs a proxy in a process of its own with this fault for some seconds, under load. @returns what /metrics said meanwhile */
export async function recordFault(fault: Fault): Promise<readonly Scrape[]> {
  const store = await startStore(fault.store ?? { kind: 'well' });
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-alerts-'));
  const [port, admin, closed] = [await freePort(), await freePort(), await freePort()];
  const now = Date.now();
  const day = (days: number): string => new Date(now + days * DAY_MS).toISOString();
  const pair = await makePair(day(-300), day(fault.days ?? 200), ['localhost']);
  const config = configOf(fault, { store: store.port, port, admin, closed });
  const files = {
    'tls.crt': pair.cert,
    'tls.key': pair.key,
    'test.key': createHash('sha256').update('test key alerts').digest(),
    'config.yaml': config,
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  const child = startProxy(join(folder, 'config.yaml'), fault);
  const done = new AbortController();
  try {
    // The master is healthy before its workers serve.
    await untilServing(admin, child, fault.workers === undefined ? 'healthz' : 'readyz');
    const clients = clientsOf(fault, { port, ca: pair.cert, signal: done.signal });
    const trouble = troubleOf(fault, child, join(folder, 'config.yaml'), done.signal);
    const scrapes: Scrape[] = [];
    for (let count = 0; count < SCRAPES; count += 1) {
      scrapes.push(await scrape(admin));
      await pause(EVERY_MS);
    }
    done.abort();
    await Promise.all([clients, trouble]);
    return scrapes;
  } finally {
    done.abort();
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ports {
  readonly store: number;
  readonly port: number;
  readonly admin: number;
  readonly closed: number;
}

function configOf(fault: Fault, { store, port, admin, closed }: Ports): string {
  const { listen = 'plain', config = '' } = fault;
  const listener = {
    plain: `{ address: "127.0.0.1:${port}", auth: none }`,
    tls: `{ address: "127.0.0.1:${port}", auth: none, tls: { cert: tls.crt, key: tls.key } }`,
    signed: `{ address: "127.0.0.1:${port}", insecure: true }`,
  }[listen];
  const few = config === 'FEW' ? '  limits: { connections: 1, queue: 1, wait: 500ms }\n' : '';
  const key = config === 'GONE' ? 'exec: { command: [cat, gone.key] }' : 'file: test.key';
  const clients = ['app', 'other'].map(
    (id) =>
      `  - { accessKeyId: ${id}, secretAccessKey: { env: STORE_SECRET }, allow: [{ bucket: plain }] }\n`,
  );
  return `listen: [${listener}]
admin: { address: "127.0.0.1:${admin}" }
upstream:
  endpoint: http://127.0.0.1:${store}
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: store, secretAccessKey: { env: STORE_SECRET } }
  timeouts: { headers: ${fault.store?.kind === 'slow' ? '10s' : '1500ms'} }
${few}${fault.workers === undefined ? '' : `workers: ${fault.workers}\n`}${listen === 'signed' ? `clients:\n${clients.join('')}` : ''}keys: { test: { ${key} } }
rules:
  - { match: { bucket: secret }, encrypt: [test] }
  - { match: { bucket: plain }, encrypt: off }
${config.startsWith('upstreams') ? '  - { match: { bucket: cold }, encrypt: off, upstream: cold }\n' : ''}${
  /^[A-Z]+$/.test(config) ? '' : config.replace('CLOSED', String(closed))
}`;
}

function startProxy(config: string, { process: what }: Fault): ChildProcess {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const log = openSync(what === 'log on a full disk' ? '/dev/full' : '/dev/null', 'w');
  return spawn(process.execPath, [main, 'serve', config], {
    stdio: ['ignore', log, 'inherit'],
    env: { ...process.env, STORE_SECRET: 'store-secret-for-tests' },
  });
}

/** What is done to the process until the record is made. */
async function troubleOf(
  { process: what }: Fault,
  child: ChildProcess,
  config: string,
  signal: AbortSignal,
): Promise<void> {
  if (what === 'broken config') {
    await writeFile(config, 'listen: [\n');
    child.kill('SIGHUP');
  }
  if (what !== 'stopped again and again') return;
  while (!signal.aborted) {
    child.kill('SIGSTOP');
    await pause(450);
    child.kill('SIGCONT');
    await pause(120);
  }
}

async function untilServing(admin: number, child: ChildProcess, path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the proxy ended with ${child.exitCode}`);
    const up = await fetch(`http://127.0.0.1:${admin}/${path}`).catch(() => undefined);
    if (up?.ok) return;
    await pause(100);
  }
  throw new Error('the proxy does not serve');
}

async function scrape(admin: number): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${admin}/metrics`);
  return parseScrape(await answer.text(), Date.now() / 1000);
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
