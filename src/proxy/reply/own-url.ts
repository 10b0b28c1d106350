import { pathOf } from '../../s3/target.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/** The URL of the target at this proxy, as the client reached it. */
export function ownUrl({ received, request }: Exchange, { target }: Plan): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return `${scheme}://${received.headers.joined('host') ?? ''}${pathOf(target)}`;
}
