import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import { bytesOf } from './call.ts';
import { type Expected, Link } from './link.ts';
import { type Loaded, percentile } from './loaded.ts';
import { someAtOnce } from './some-at-once.ts';
import type { Work } from './work.ts';

/** When a load ends. */
export type Until = { readonly seconds: number } | { readonly requests: number };

interface Prepared {
  readonly bytes: Buffer;
  readonly expected: Expected;
}

/** Clients that stay connected. */
export interface Loading {
  /** Each client sends its next request when it has the answer. @throws at a wrong answer */
  readonly load: (until: Until) => Promise<Loaded>;
  readonly close: () => void;
}

/** As many clients as the work has, each of which sends its next request when it has the answer. @throws at a wrong answer */
export async function links(
  ground: Ground,
  contestant: Contestant,
  work: Work,
  until: Until,
): Promise<Loaded> {
  const { load, close } = await openLinks(ground, contestant, work);
  try {
    return await load(until);
  } finally {
    close();
  }
}

/** The same for more than one load: a handshake allocates more than many requests. */
export async function openLinks(ground: Ground, contestant: Contestant, work: Work): Promise<Loading> {
  const prepared = await prepare(work, contestant);
  const options = connection(ground, contestant, work);
  const clients = await someAtOnce(work.connections, () =>
    work.handshakes ? handshaking(options, work.handshakes) : lasting(options),
  );
  return {
    load: (until) => loadBy(clients, prepared, until),
    close: () => {
      for (const { close } of clients) close();
    },
  };
}

async function loadBy(
  clients: readonly Client[],
  prepared: readonly Prepared[],
  until: Until,
): Promise<Loaded> {
  const latencies: number[] = [];
  const begun = performance.now();
  let sent = 0;
  const more = (): boolean =>
    'seconds' in until ? performance.now() - begun < until.seconds * 1000 : sent < until.requests;
  await Promise.all(
    clients.map(async ({ send }) => {
      while (more()) {
        const one = prepared[sent % prepared.length] as Prepared;
        sent += 1;
        const at = performance.now();
        await send(one);
        latencies.push(performance.now() - at);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  latencies.sort((a, b) => a - b);
  return { requests: sent, seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** The requests of a work for a contestant, with what is expected of their answers. */
export async function prepare(work: Work, contestant: Contestant): Promise<readonly Prepared[]> {
  const now = new Date();
  const { answer: body, received } = work;
  return Promise.all(
    work.calls.map(async (call) => ({
      bytes: await bytesOf(call, contestant, now),
      expected: { status: 200, headOnly: call.method === 'HEAD', body, received },
    })),
  );
}

export function connection(ground: Ground, { port }: Contestant, { tls }: Work): ConnectionOptions {
  return {
    port,
    host: '127.0.0.1',
    ca: ground.certificates.ca,
    ...(tls && { minVersion: tls, maxVersion: tls }),
  };
}

interface Client {
  readonly send: (one: Prepared) => Promise<void>;
  readonly close: () => void;
}

async function lasting(options: ConnectionOptions): Promise<Client> {
  const link = await Link.open(options);
  return { send: ({ bytes, expected }) => link.send(bytes, expected), close: () => link.close() };
}

/** A connection for each request. @throws when a session was to be resumed and was not */
async function handshaking(options: ConnectionOptions, kind: 'full' | 'resumed'): Promise<Client> {
  let session: Buffer | undefined;
  const keep = (socket: TLSSocket): void => {
    socket.on('session', (one) => {
      session = one;
    });
  };
  return {
    send: async ({ bytes, expected }) => {
      const resumes = kind === 'resumed' && session !== undefined;
      const link = await Link.open({ ...options, ...(resumes && { session }) });
      if (kind === 'resumed') keep(link.socket);
      if (link.socket.isSessionReused() !== resumes) throw new Error(`a handshake was not ${kind}`);
      await link.send(bytes, expected);
      link.close();
    },
    close: () => undefined,
  };
}
