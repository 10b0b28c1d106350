import { parseTarget, pathOf } from '../../s3/target.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/** The URL of the target at this proxy, as the client reached it: with its bucket in the host, or in the path. */
export function ownUrl(
  { received, request }: Exchange,
  { target }: Plan,
  { domains, customDomains }: Pick<Snapshot, 'domains' | 'customDomains'>,
): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  const host = received.headers.joined('host') ?? '';
  const path = pathOf(target);
  const inHost =
    target.shape !== 'service' && parseTarget('/', host, domains, customDomains).shape === 'bucket';
  return `${scheme}://${host}${inHost ? path.slice(1 + target.bucket.length) || '/' : path}`;
}
