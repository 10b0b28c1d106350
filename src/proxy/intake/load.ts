import type { IncomingMessage } from 'node:http';
import type { AuditLog } from '../../audit-log.ts';
import { bodyFaults, failBody } from '../../listener/body-fault.ts';
import { overloadOf } from '../../listener/load.ts';
import { SLOW_DOWN } from '../../listener/refusal.ts';
import { S3Error } from '../../s3/errors.ts';
import { clientOf, type Exchange } from '../exchange.ts';
import type { Serving } from '../serving.ts';
import type { Caller } from './admitted.ts';

/** @throws S3Error SlowDown for what the listener has no room for: the connection ends with it */
export function checkRoom(exchange: Exchange): void {
  const limit = overloadOf(exchange.request);
  if (limit === undefined) return;
  exchange.close = true;
  throw tooMuch(exchange, `limits.${limit}`);
}

/** Nothing is done of which nothing could be written, where the config says so. @throws S3Error ServiceUnavailable */
export function checkAudit(audit: AuditLog): void {
  const reason = audit.refusal();
  if (reason === undefined) return;
  throw new S3Error(
    'ServiceUnavailable',
    'The proxy cannot serve requests at the moment. Please try again.',
    { reason },
  );
}

/** Each client may have so many requests at once; all who sign nothing are one client. @throws S3Error SlowDown */
export function takePlace(exchange: Exchange, { name }: Pick<Caller, 'name'>, { load }: Serving): void {
  if (!load.enter(exchange, name)) throw tooMuch(exchange, 'limits.requestsPerClient');
}

/**
 * Waits until there is room for so many bytes of this request, before they are asked for. They count until it is answered.
 * @param name the caller's, where it is not noted yet
 * @throws S3Error SlowDown when there is no room in time
 */
export async function holdBytes(
  exchange: Exchange,
  { heldOfClients }: Pick<Serving, 'heldOfClients'>,
  bytes: number,
  name?: string,
): Promise<void> {
  const { signal, response, request } = exchange;
  const client = clientOf(exchange, name);
  const { bytesRead } = request.socket;
  const giveWay = (share: number): boolean =>
    request.socket.bytesRead - bytesRead < bytes * share && giveUp(request);
  const holding = heldOfClients.begin({ client, signal, giveWay });
  response.once('close', () => holding.end());
  await holding.grow(bytes);
  if (response.closed) holding.end();
}

/** A document that is here already is answered. The rest of another one is not waited for. */
function giveUp(request: IncomingMessage): boolean {
  if (request.complete || bodyFaults.has(request)) return false;
  const cause = new Error('limits.clientDocuments is reached, others wait, and this document came slowly');
  failBody(request, new S3Error('SlowDown', SLOW_DOWN, { cause }));
  return true;
}

function tooMuch({ log }: Exchange, limit: string): S3Error {
  log.cause = `${limit} is reached`;
  return new S3Error('SlowDown', SLOW_DOWN);
}
