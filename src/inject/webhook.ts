import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Address } from '../config/address.ts';
import type { Logger } from '../log.ts';
import { Rationed } from '../rationed.ts';
import type { Admission } from './admit.ts';
import { type BodyBounds, BoundedBodies, NoRoom } from './bounded-body.ts';
import type { Pair } from './certificate/pair.ts';
import { answerOf, NotAReview, type OtherReview, type Review, readReview } from './review.ts';

export interface Webhook {
  readonly port: number;
  /** Another certificate, from the next connection on. */
  readonly use: (pair: Pair) => void;
  readonly stop: () => Promise<void>;
}

export interface WebhookBounds {
  readonly connections: number;
  readonly bodies: BodyBounds;
  /** For a request to come, in milliseconds. */
  readonly patience: number;
  /** After the signal to end: so long requests are still answered, each the last of its connection. */
  readonly farewell: number;
}

const MIB = 1024 * 1024;

export const WEBHOOK_BOUNDS: WebhookBounds = {
  // An API server has a connection for each pod that is being made.
  connections: 128,
  // etcd holds objects of 1.5 MiB at most, and API servers take requests of 3 MiB. What is read takes several times its text.
  bodies: { one: 3 * MIB, all: 6 * MIB },
  patience: 8000,
  farewell: 6000,
};

/** Longer than API servers keep an idle connection (90 s), so that they are who closes it: a call can't meet the close. */
const KEEP_ALIVE_MS = 180_000;

interface Opening {
  readonly address: Address;
  readonly pair: Pair;
  readonly bounds?: WebhookBounds;
  readonly admit: (review: Review | OtherReview) => Promise<Admission>;
  /** Why it is not ready; undefined when it is. */
  readonly trouble: () => string | undefined;
  readonly log: Logger;
}

/** Answers API servers over TLS at /inject, and the kubelet at /healthz and /readyz. @throws Error of `listen` */
export async function openWebhook(opening: Opening): Promise<Webhook> {
  const { address, pair, bounds = WEBHOOK_BOUNDS, log } = opening;
  const bodies = new BoundedBodies(bounds.bodies);
  const faults = new Rationed();
  let leaving = false;
  const server = https.createServer(
    {
      ...secured(pair),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: bounds.patience,
      headersTimeout: bounds.patience,
      requestTimeout: bounds.patience,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 500,
    },
    (request, response) => {
      void answer(request, { ...opening, bodies, leaving }).then((reply) => {
        send(request, response, leaving ? { ...reply, close: true } : reply);
      });
    },
  );
  server.maxConnections = bounds.connections;
  server.on('tlsClientError', (error: NodeJS.ErrnoException & { readonly reason?: string }) => {
    if (error.code === 'ECONNRESET') return;
    const room = faults.take();
    if (room) log.warn({ cause: error.reason ?? error.code, ...room }, 'a TLS handshake failed');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    use: (next) => server.setSecureContext(secured(next)),
    stop: async () => {
      leaving = true;
      await wait(bounds.farewell);
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await Promise.race([closed, wait(bounds.patience, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function secured({ cert, key }: Pair): https.ServerOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly type?: 'application/json';
  readonly close?: boolean;
}

interface Answering extends Pick<Opening, 'admit' | 'trouble' | 'log'> {
  readonly bodies: BoundedBodies;
  readonly leaving: boolean;
}

async function answer(request: IncomingMessage, answering: Answering): Promise<Reply> {
  const [path] = (request.url ?? '').split('?', 1);
  const { method } = request;
  if (path === '/healthz' && method === 'GET') return { status: 200, text: 'alive\n' };
  if (path === '/readyz' && method === 'GET') {
    const why = answering.leaving ? 'it ends' : answering.trouble();
    return why === undefined ? { status: 200, text: 'ready\n' } : { status: 503, text: `${why}\n` };
  }
  if (path !== '/inject')
    return { status: 404, text: 'only /inject, /healthz and /readyz are here\n', close: true };
  if (method !== 'POST') return { status: 405, text: 'reviews come with POST\n', close: true };
  return await review(request, answering);
}

async function review(request: IncomingMessage, { bodies, admit, log }: Answering): Promise<Reply> {
  const began = performance.now();
  try {
    return await bodies.read(request, async (text) => {
      const asked = readReview(text);
      const { verdict, ...who } = await admit(asked);
      const about = {
        ...('other' in asked
          ? {}
          : { namespace: asked.namespace, ...(asked.dryRun ? { dryRun: true } : {}) }),
        ...who,
        ms: Math.round(performance.now() - began),
      };
      if (verdict.kind === 'refused') log.warn({ ...about, cause: verdict.message }, 'refused');
      else if (verdict.kind === 'injected' && verdict.warnings.length > 0)
        log.warn({ ...about, warnings: verdict.warnings }, verdict.kind);
      else log.info(about, verdict.kind);
      return { status: 200, text: answerOf(asked.uid, verdict), type: 'application/json' };
    });
  } catch (error) {
    if (error instanceof NotAReview) return { status: 400, text: `${error.message}\n`, close: true };
    if (error instanceof NoRoom) return { status: error.status, text: `${error.message}\n`, close: true };
    // A client that left in the middle needs no answer, and an error of ours no details for strangers.
    if (!request.errored)
      log.error({ cause: error instanceof Error ? error.message : String(error) }, 'a review failed');
    return { status: 500, text: 'the review failed; the log of the injector says why\n', close: true };
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, type, close }: Reply,
): void {
  response.writeHead(status, {
    'content-type': type ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(close ? { connection: 'close' } : {}),
  });
  response.end(text);
  // What is left of a body that is not read ends with its connection.
  if (close && !request.complete) response.once('finish', () => request.destroy());
}
