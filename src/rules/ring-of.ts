import type { Ring } from '../keys/ring.ts';
import { S3Error } from '../s3/errors.ts';
import type { Rule } from './match.ts';

/**
 * The keys of a rule; undefined if it leaves objects unencrypted.
 * @throws S3Error ServiceUnavailable while one of them is unavailable: nothing is read or written with an incomplete ring
 */
export function ringOfRule({ name, encryption }: Pick<Rule, 'name' | 'encryption'>): Ring | undefined {
  if (encryption.kind === 'off') return undefined;
  if (encryption.kind === 'ssec') return encryption.ring;
  const keys = encryption.waitsFor.map(({ id, cause }) => `keys.${id}: ${cause}`);
  throw new S3Error('ServiceUnavailable', `The proxy waits for a key of ${name}. Try again later.`, {
    reason: `${name} waits for ${keys.join('; ')}`,
  });
}
