import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { Secret } from '../../src/secret.ts';
import { aws4Signer } from '../support/signers.ts';
import type { Fault } from './faults.ts';

const BETWEEN_MS = 40;
const GIVE_UP_MS = 500;
const PATIENT_MS = 20_000;
/** Fewer in each of two workers than leave a store alone in one. */
const SELDOM = 7;

interface Place {
  readonly port: number;
  readonly ca: string;
  /** Ends them. */
  readonly signal: AbortSignal;
}

/** Clients that do what the fault says until they are told to end. */
export async function clientsOf(fault: Fault, place: Place): Promise<void> {
  const many = Array.from({ length: fault.many ?? 3 }, async (_, index) => {
    for (let round = 0; !place.signal.aborted; round += 1) {
      await turnOf(fault, place, { index, round });
      await pause(BETWEEN_MS);
    }
  });
  const strangers =
    fault.clients === 'distrust'
      ? [distrust(place)]
      : fault.clients === 'leave on distrust'
        ? [leaveOnDistrust(place)]
        : [];
  await Promise.all([...many, ...strangers]);
}

interface Turn {
  readonly index: number;
  readonly round: number;
}

async function turnOf(
  { clients = 'read and write', listen }: Fault,
  place: Place,
  turn: Turn,
): Promise<void> {
  const { index, round } = turn;
  const other =
    index === 0 && (clients === 'both stores' || (clients === 'both stores, seldom' && round < SELDOM));
  const bucket = clients === 'secret' ? 'secret' : other ? 'cold' : 'plain';
  const writes = clients !== 'read' && round % 2 === 0;
  const asked = {
    method: clients === 'head' ? 'HEAD' : writes ? 'PUT' : 'GET',
    path: `/${bucket}/object-${index}`,
  };
  const headers = listen === 'signed' ? await signed(asked, place.port, index === 0 ? 'old' : 'new') : {};
  await send(
    { ...asked, headers, tls: listen === 'tls' },
    place,
    clients === 'leave' ? GIVE_UP_MS : PATIENT_MS,
  );
}

/** The first client still has the secret of before. */
async function signed(
  { method, path }: { method: string; path: string },
  port: number,
  secret: 'old' | 'new',
): Promise<Record<string, string>> {
  const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const secretAccessKey = new Secret(secret === 'old' ? 'secret-of-before' : 'store-secret-for-tests');
  const credentials = { accessKeyId: secret === 'old' ? 'app' : 'other', secretAccessKey };
  return await aws4Signer(
    { method, path, query: {}, headers },
    { credentials, region: 'eu-test-1', now: new Date() },
  );
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: boolean;
}

function send(
  { method, path, headers, tls }: Sent,
  { port, ca, signal }: Place,
  most: number,
): Promise<void> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers, 'content-length': method === 'PUT' ? 7 : 0 },
    };
    const request = tls ? https.request({ ...options, ca, servername: 'localhost' }) : http.request(options);
    const timer = setTimeout(() => request.destroy(), most);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const abort = (): void => void request.destroy();
    signal.addEventListener('abort', abort, { once: true });
    request
      .on('error', end)
      .on('response', (response) => response.on('error', end).on('close', end).resume());
    request.end(method === 'PUT' ? 'content' : undefined);
  });
}

/** As Node.js does it. */
async function leaveOnDistrust({ port, signal }: Place): Promise<void> {
  while (!signal.aborted) {
    const request = https.get({ host: '127.0.0.1', port, agent: false }).on('error', () => undefined);
    await new Promise((resolve) => request.once('close', resolve));
    await pause(BETWEEN_MS);
  }
}

/** OpenSSL says to the other side why it does not go on, as most clients do; Node's own just leave. */
async function distrust({ port, signal }: Place): Promise<void> {
  while (!signal.aborted) {
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-verify_return_error'];
    await once(spawn('openssl', args, { stdio: 'ignore' }), 'close');
    await pause(BETWEEN_MS);
  }
}
