import type { LookupAddress } from 'node:dns';
import type { NameError } from './name-error.ts';
import type { Found } from './resolution.ts';

/**
 * What a look-up finds within so many milliseconds; undefined when it fails or takes longer.
 * @throws NameError when there is no such name
 */
export async function foundWithin(
  patience: number,
  found: Promise<Found>,
): Promise<readonly LookupAddress[] | undefined> {
  if (patience <= 0) return undefined;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, patience, undefined);
  try {
    const asked = found.then(
      ({ addresses }) => addresses,
      (error: NameError) => {
        if (error.code === 'ENOTFOUND') throw error;
        return undefined;
      },
    );
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
