import { decodePercent, encodePath } from '../../s3/percent.ts';
import { pathOf, type Target } from '../../s3/target.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * The URL of the target at this proxy, as the client reached it: its bucket is in the host or in the path.
 * @param asked what the request line named: the object itself, or for a form its bucket
 */
export function ownUrl(
  { received, request, rawTarget }: Pick<Exchange, 'received' | 'request' | 'rawTarget'>,
  { target }: Pick<Plan, 'target'>,
  asked: 'object' | 'bucket',
): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  const path = pathIn(target, rawTarget.split('?', 1)[0] ?? '/', asked);
  return `${scheme}://${received.headers.joined('host') ?? ''}${path}`;
}

function pathIn(target: Target, rawPath: string, asked: 'object' | 'bucket'): string {
  if (target.shape !== 'object') return pathOf(target);
  const inHost =
    asked === 'bucket'
      ? rawPath === '/'
      : decodePercent(rawPath, { plusIsSpace: false }) === `/${target.objectKey}`;
  return inHost ? `/${encodePath(target.objectKey)}` : pathOf(target);
}
