import { setTimeout as pause } from 'node:timers/promises';
import { type Address, Client } from './lab/client.ts';
import type { Lane } from './lab/config.ts';
import type { LogLine, ProxyProcess } from './lab/proxy.ts';
import type { Store } from './lab/store.ts';
import { patienceOf } from './patience.ts';
import type { Ask, ClientStep, Records } from './row.ts';
import { pattern } from './wire/pattern.ts';

export interface Stand {
  readonly store: Store;
  readonly proxy: ProxyProcess;
  readonly addressOf: (lane: Lane) => Address;
}

/** What a client saw of one ask. `late`: it waited as long as a row may take, and left. */
export interface Seen {
  readonly client: Client;
  /** The place of its answer among those of its connection. */
  readonly place: number;
  readonly late: boolean;
  readonly ms: number;
}

export interface Played {
  readonly seen: readonly Seen[];
  /** Of requests, in their order. */
  readonly lines: readonly LogLine[];
  readonly records: Records;
}

/** Until the proxy has written its lines and let go of its connections: the keep-alive time, and 5 seconds. */
const SETTLING_MS = 6000;

/** Plays a row: its clients against the proxy, and its store behind it. */
export async function play(lane: Lane, stand: Stand): Promise<Played> {
  const { asks, together, pipelined } = lane.row;
  const seen: Seen[] = [];
  if (pipelined) seen.push(...(await playPipelined(lane, stand)));
  else if (together)
    seen.push(...(await Promise.all(asks.map((ask) => playAsk(ask, lane, stand, undefined)))));
  else for (const ask of asks) seen.push(await playAsk(ask, lane, stand, seen.at(-1)?.client));
  for (const { client } of seen) client.leave('fin');
  const lines = (): readonly LogLine[] => stand.proxy.lines(lane.name).filter(({ msg }) => msg === 'request');
  const expected = asks.filter(({ line }) => line !== 'none').length;
  const until = performance.now() + SETTLING_MS;
  let records = await recordsOf(lane, stand);
  while (performance.now() < until && !(lines().length >= expected && isSettled(records))) {
    await pause(50);
    records = await recordsOf(lane, stand);
  }
  return { seen, lines: lines(), records };
}

function isSettled({ connections }: Records): boolean {
  return !connections.includes('open');
}

async function recordsOf({ name, row }: Lane, { store }: Stand): Promise<Records> {
  if (row.store.socket === 'deaf') return { requests: [], connections: [], faults: [] };
  return await store.records(name);
}

async function playAsk(ask: Ask, lane: Lane, stand: Stand, before: Client | undefined): Promise<Seen> {
  const begin = performance.now();
  const address = stand.addressOf(lane);
  const fresh = ask.connection !== 'same' || !before;
  const client = fresh
    ? new Client(ask.connection === 'bare' ? { ...address, ca: undefined } : address)
    : before;
  const place = client.answers.length;
  const method = methodOf(ask);
  client.asks(method);
  const patience = patienceOf(client);
  for (const step of ask.steps ?? WHOLE) {
    if (patience.late) break;
    await Promise.race([takeStep(step, ask, { client, lane, stand, method }), patience.over]);
  }
  patience.end();
  return { client, place, late: patience.late, ms: performance.now() - begin };
}

/** One write has all requests, to their last bytes. */
async function playPipelined(lane: Lane, stand: Stand): Promise<Seen[]> {
  const begin = performance.now();
  const client = new Client(stand.addressOf(lane));
  const parts = lane.row.asks.map((ask) => {
    const method = methodOf(ask);
    client.asks(method);
    return WHOLE.flatMap((step) => ('send' in step ? [bytesOf(step.send, ask, lane, method)] : []));
  });
  client.send(Buffer.concat(parts.flat().map((part) => Buffer.from(part as string, 'latin1'))));
  const patience = patienceOf(client);
  await Promise.race([client.until('answer'), patience.over]);
  patience.end();
  const { late } = patience;
  const ms = performance.now() - begin;
  return parts.map((_, place) => ({ client, place, late, ms }));
}

function methodOf({ method, body }: Ask): string {
  return method ?? (body === undefined ? 'GET' : 'PUT');
}

const WHOLE: readonly ClientStep[] = [
  { send: 'head' },
  { send: [0, Number.MAX_SAFE_INTEGER] },
  { send: 'last-chunk' },
  { until: 'answer' },
];

interface Acting {
  readonly client: Client;
  readonly lane: Lane;
  readonly stand: Stand;
  readonly method: string;
}

async function takeStep(step: ClientStep, ask: Ask, { client, lane, stand, method }: Acting): Promise<void> {
  if ('send' in step) {
    client.send(bytesOf(step.send, ask, lane, method));
    await client.sent();
  } else if ('sendText' in step) await sendText(step, client);
  else if ('reached' in step) await stand.store.reached(lane.name, step.reached);
  else if ('release' in step) await stand.store.release(lane.name, step.release);
  else if ('pauseMs' in step) await pause(step.pauseMs);
  else if ('reading' in step) client.reading(step.reading);
  else if ('until' in step) await client.until(step.until);
  else client.leave(step.leave);
}

async function sendText(
  { sendText: text, everyMs }: { sendText: string; everyMs?: number },
  client: Client,
): Promise<void> {
  if (everyMs === undefined) {
    client.send(text);
    return;
  }
  for (const letter of text) {
    if (client.ended !== 'open') return;
    client.send(letter);
    await pause(everyMs);
  }
}

function bytesOf(
  part: Extract<ClientStep, { send: unknown }>['send'],
  ask: Ask,
  lane: Lane,
  method: string,
): Buffer | string {
  if (ask.raw !== undefined) return part === 'head' ? ask.raw.replaceAll('@bucket', lane.name) : '';
  if (part === 'head') return headOf(ask, lane, method);
  if (part === 'last-chunk') return ask.chunked ? '0\r\n\r\n' : '';
  const { body = 0 } = ask;
  const [from, end] = part;
  const to = Math.min(end, lengthOf(body));
  const piece = typeof body === 'string' ? Buffer.from(body.slice(from, to), 'latin1') : pattern(from, to);
  if (!ask.chunked || piece.length === 0) return piece;
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
}

function headOf(
  { objectKey, query, fields = [], body, chunked }: Ask,
  { name }: Lane,
  method: string,
): string {
  const target = `/${name}/${objectKey}${query === undefined ? '' : `?${query}`}`;
  const length = body === undefined ? [] : [`Content-Length: ${lengthOf(body)}`];
  const framing = chunked ? ['Transfer-Encoding: chunked'] : length;
  const given = fields.map((field) => field.replaceAll('@bucket', name));
  return `${[`${method} ${target} HTTP/1.1`, 'Host: localhost', ...framing, ...given].join('\r\n')}\r\n\r\n`;
}

function lengthOf(body: number | string): number {
  return typeof body === 'string' ? body.length : body;
}
