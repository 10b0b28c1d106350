import { OBS } from '../../dialects/obs.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Target } from '../../s3/target.ts';
import type { Exchange } from '../exchange.ts';
import { sendEmpty } from './send.ts';

/** As the log has it: no store is asked. */
const OPERATION = 'GetApiVersion';
/** The SDKs compare it as text, and sign in the way of OBS from here on. */
const API = ['x-obs-api', '3.0'];

/** `HEAD /?apiversion`, of the service or a bucket: so the SDKs of OBS ask how they are to sign, before they sign. */
export function isNegotiation({ shape, query }: Target): boolean {
  return shape !== 'object' && query.size === 1 && query.has('apiversion');
}

/**
 * Answers alike for every bucket name: who has no credentials learns of none.
 * @throws S3Error InvalidRequest where the dialect is off: the SDKs then sign as S3 has it. After a 404, or a fault of the
 *   server, they would give up.
 */
export async function answerNegotiation(exchange: Exchange, spoken: boolean): Promise<void> {
  exchange.log.op = OPERATION;
  if (!spoken) {
    throw new S3Error('InvalidRequest', 'This server does not speak the dialect of OBS.', {
      reason:
        'an SDK of OBS asks how to sign, and goes on with SigV2; obs: true in the config lets it sign as OBS has it',
    });
  }
  exchange.dialect = OBS;
  await sendEmpty(exchange, 200, API);
}
