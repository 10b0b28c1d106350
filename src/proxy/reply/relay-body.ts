import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { endsConnection } from '../../listener/ending.ts';
import { announcedTrailers } from '../../response/rewrite.ts';
import { lettingGo } from '../../upstream/let-go.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { clientHeaders, clientTrailers } from './client-headers.ts';
import { drained } from './drained.ts';
import { writeHead } from './head.ts';
import type { Reply } from './reply.ts';

/** Streams an answer on. `more`: name, value, name, value … to stand behind the store's headers. */
export async function relayBody(
  { exchange, answer, plan }: Reply,
  more: readonly string[] = [],
): Promise<void> {
  const { response, early } = answer;
  const headers = [...clientHeaders(response, 'relayed', plan), ...more];
  if (early) {
    headers.push('connection', 'close');
    endsConnection(exchange.request.socket);
  }
  relayTrailers(exchange, response, headers, plan);
  writeHead(exchange, response.statusCode ?? 502, headers);
  response.once('error', () => {
    // Told apart here: when the pipeline has ended the client's side as well, it looks as if the client had left.
    if (!exchange.signal.aborted) exchange.log.code = 'Truncated';
  });
  await pipeline(response, lettingGo(exchange.response, response), { end: !early });
  if (!early) return;
  await drained(exchange);
  exchange.response.end();
}

/**
 * What the store sends behind the body goes on behind it, where the client's version of HTTP has a place for it: behind
 * a body in chunks. Adds their names to the headers.
 */
function relayTrailers(
  { request, received, response: client }: Exchange,
  response: IncomingMessage,
  headers: string[],
  plan: Plan,
): void {
  const bodyless = received.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
  const inChunks = response.headers['transfer-encoding'] !== undefined && !bodyless;
  if (!inChunks || request.httpVersion !== '1.1') return;
  const announced = announcedTrailers(response, plan.ssecKeys);
  if (announced !== undefined) headers.push('trailer', announced);
  // Before the pipeline, which ends the client's side when this one ends.
  response.once('end', () => client.addTrailers(clientTrailers(response, plan)));
}
