import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, SmallClient } from './small-client.ts';

/** Around one TLS record, one read of a file and one flow-control window. */
const SIZES = [0, 1, 16 * 1024 + 1, 64 * 1024, 300_000];
/** How many objects a client writes in turn. */
const OBJECTS = 12;
/** Between the rounds of one client, in milliseconds: what is measured is not how fast the machine is. */
const PACE = 20;

/** Clients that read and write without pause, each its own objects. */
export interface Workload {
  /** Every request that was not answered as it must be. */
  readonly failures: readonly string[];
  readonly requests: () => number;
  /** What was written where, the last time. */
  readonly written: ReadonlyMap<string, Written>;
  /** Ends it; resolves when the last request is answered. Objects stay. */
  stop(): Promise<void>;
  /** Reads every object once more. */
  readAll(): Promise<void>;
}

/** Times in milliseconds, as of `Date.now()`. */
interface Written {
  readonly body: Buffer;
  readonly begun: number;
  readonly ended: number;
}

/** `folder` keeps objects apart from those of another workload in the same bucket. */
export function startWorkload(clients: readonly SmallClient[], bucket: string, folder: string): Workload {
  const failures: string[] = [];
  const written = new Map<string, Written>();
  let requests = 0;
  const stopping = new AbortController();

  const pathOf = (index: number, round: number): string => `/${bucket}/${folder}/${index}/${round % OBJECTS}`;
  const ask = async (client: SmallClient, method: string, path: string, body?: Buffer): Promise<Answered> => {
    requests += 1;
    try {
      const answer = await client.send(method, path, body);
      if (answer.status !== 200)
        failures.push(`${method} ${path}: ${answer.status} ${answer.body.toString()}`);
      return answer;
    } catch (error) {
      failures.push(`${method} ${path}: ${String(error)}`);
      return { status: 0, etag: '', body: Buffer.alloc(0) };
    }
  };
  const read = async (client: SmallClient, path: string): Promise<void> => {
    const expected = written.get(path);
    if (!expected) return;
    const { status, body } = await ask(client, 'GET', path);
    if (status === 200 && !body.equals(expected.body)) failures.push(`GET ${path}: other bytes`);
  };
  const work = async (client: SmallClient, index: number): Promise<void> => {
    for (let round = 0; !stopping.signal.aborted && failures.length < 20; round += 1) {
      const path = pathOf(index, round);
      const body = bodyOf(path, round);
      const begun = Date.now();
      const { status } = await ask(client, 'PUT', path, body);
      if (status === 200) written.set(path, { body, begun, ended: Date.now() });
      await read(client, path);
      await ask(client, 'HEAD', path);
      // One that was written before, perhaps under another key.
      await read(client, pathOf(index, round + 1));
      if (round % 10 === 9) client.reconnect();
      await pause(PACE);
    }
  };
  const working = clients.map((client, index) => work(client, index));
  return {
    failures,
    requests: () => requests,
    written,
    stop: async () => {
      stopping.abort();
      await Promise.all(working);
    },
    readAll: async () => {
      const [client] = clients;
      for (const path of written.keys()) if (client) await read(client, path);
    },
  };
}

function bodyOf(path: string, round: number): Buffer {
  const seed = createHash('sha256').update(`${path} ${round}`).digest();
  return Buffer.alloc(SIZES[round % SIZES.length] ?? 0, seed);
}
