import { createReadStream } from 'node:fs';
import { type Socket, SocketAddress } from 'node:net';
import { endianness } from 'node:os';

/** Linux's tables of connections: one line each, of this process's network namespace. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** A table is read no further, in bytes and in milliseconds. A line has 150 bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_MS = 2000;

/** Bytes that were written and that the other side has not acknowledged, by connection. */
type Queues = ReadonlyMap<string, number>;

let waiting = new Map<string, ((bytes: number | undefined) => void)[]>();
let reading = false;

/**
 * How many bytes the system still holds of what it took from a socket, sent or not: Node shows only what the system took,
 * and a system takes megabytes ahead of a slow reader. While nothing is written, less than before means that the other
 * side's system has taken bytes. Those that ask meanwhile share the next reading.
 * @returns undefined where that can't be known
 */
export function unacknowledged(socket: Socket): Promise<number | undefined> {
  const place = placeOf(socket);
  if (place === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    // A pool of threads that hangs holds up nobody's judgement.
    const timer = setTimeout(resolve, MOST_MS, undefined);
    const answer = (bytes: number | undefined): void => {
      clearTimeout(timer);
      resolve(bytes);
    };
    waiting.set(place, [...(waiting.get(place) ?? []), answer]);
    if (!reading) void readAll();
  });
}

async function readAll(): Promise<void> {
  reading = true;
  while (waiting.size > 0) {
    // What asks in this turn is read together.
    await new Promise((resolve) => setImmediate(resolve));
    const asked = waiting;
    waiting = new Map();
    const queues = await readTables(new Set(asked.keys()));
    for (const [place, answers] of asked) for (const answer of answers) answer(queues.get(place));
  }
  reading = false;
}

async function readTables(places: ReadonlySet<string>): Promise<Queues> {
  const found = new Map<string, number>();
  const signal = AbortSignal.timeout(MOST_MS);
  for (const table of TABLES) {
    if (found.size === places.size) break;
    try {
      await readTable(table, places, { found, signal });
    } catch {
      // Another system, a hidden /proc or too long a table: nothing is known then.
    }
  }
  return found;
}

async function readTable(
  table: string,
  places: ReadonlySet<string>,
  { found, signal }: { found: Map<string, number>; signal: AbortSignal },
): Promise<void> {
  const ports = new Set([...places].map((place) => place.slice(0, place.indexOf(' '))));
  let rest = '';
  for await (const piece of createReadStream(table, { encoding: 'latin1', end: MOST_BYTES, signal })) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const queue = queueIn(line, ports);
      if (queue && places.has(queue.place)) found.set(queue.place, queue.bytes);
    }
  }
}

/** A line such as `0: 0100007F:1F90 0100007F:9961 01 00000400:00000000 …`: ends, state, bytes to send and to read. */
export function queueIn(
  line: string,
  ports: ReadonlySet<string>,
): { place: string; bytes: number } | undefined {
  const [, local = '', remote = '', , queues = ''] = line.trim().split(/ +/, 5);
  const [at, port] = end(local);
  const [from, peer] = end(remote);
  if (!ports.has(`${port}-${peer}`)) return undefined;
  const bytes = Number.parseInt(queues, 16);
  if (Number.isNaN(bytes)) return undefined;
  return { place: `${port}-${peer} ${addressIn(at)} ${addressIn(from)}`, bytes };
}

function end(text: string): readonly [address: string, port: number] {
  const [address = '', port = ''] = text.split(':', 2);
  return [address, Number.parseInt(port, 16)];
}

/** Words of 32 bits in the order of the machine, in hexadecimal, as Node writes an address. */
function addressIn(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => {
    const pairs = word.match(/../g) ?? [];
    return endianness() === 'LE' ? pairs.toReversed() : pairs;
  });
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const text = bytes.map((byte, at) => (at % 2 === 1 && at < 15 ? `${byte}:` : byte)).join('');
  return canonical(text);
}

function canonical(address: string): string {
  try {
    return new SocketAddress({ address, family: 'ipv6' }).address;
  } catch {
    return address;
  }
}

function placeOf({ localPort, remotePort, localAddress, remoteAddress }: Socket): string | undefined {
  if (localAddress === undefined || remoteAddress === undefined) return undefined;
  return `${localPort}-${remotePort} ${withoutZone(localAddress)} ${withoutZone(remoteAddress)}`;
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}
