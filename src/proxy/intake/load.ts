import { overloadOf } from '../../listener/overload.ts';
import { SLOW_DOWN } from '../../listener/refusal.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Serving } from '../serving.ts';
import type { Caller } from './admitted.ts';

/** @throws S3Error SlowDown for what the listener has no room for: the connection ends with it */
export function checkRoom(exchange: Exchange): void {
  const limit = overloadOf(exchange.request);
  if (limit === undefined) return;
  exchange.close = true;
  throw tooMuch(exchange, `limits.${limit}`);
}

/** Each client may have so many requests at once; all who sign nothing are one client. @throws S3Error SlowDown */
export function takePlace(exchange: Exchange, { name }: Caller, { load }: Serving): void {
  if (!load.enter(exchange, name)) throw tooMuch(exchange, 'limits.requestsPerClient');
}

function tooMuch({ log }: Exchange, limit: string): S3Error {
  log.cause = `${limit} is reached`;
  return new S3Error('SlowDown', SLOW_DOWN);
}
