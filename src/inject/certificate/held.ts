import { isRecord } from '../../json.ts';
import type { Pair } from './pair.ts';

/**
 * What the Secret of the webhook holds. Each certificate is signed by its own key, and API servers trust all that are here:
 * the one in use, the one that is going to be, and the one that was.
 */
export interface Held {
  readonly current?: Pair;
  readonly next?: Pair;
  readonly previous?: string;
  /** When the last step was taken, in milliseconds. */
  readonly since?: number;
}

/** From `data` of the Secret. What can't be read counts as absent. */
export function readHeld(data: unknown): Held {
  const of = (name: string): string | undefined => {
    const text = isRecord(data) && Object.hasOwn(data, name) ? data[name] : undefined;
    return typeof text === 'string' && text !== '' ? Buffer.from(text, 'base64').toString('utf8') : undefined;
  };
  const pair = (name: 'tls' | 'next'): Pair | undefined => {
    const [cert, key] = [of(`${name}.crt`), of(`${name}.key`)];
    return cert === undefined || key === undefined ? undefined : { cert, key };
  };
  const [current, next, previous] = [pair('tls'), pair('next'), of('previous.crt')];
  const since = Date.parse(of('since') ?? '');
  return {
    ...(current ? { current } : {}),
    ...(next ? { next } : {}),
    ...(previous === undefined ? {} : { previous }),
    ...(Number.isNaN(since) ? {} : { since }),
  };
}

/** As `data` of a merge patch: what is not held is removed. */
export function writeHeld({ current, next, previous, since }: Held): Record<string, string | null> {
  const texts = {
    'tls.crt': current?.cert,
    'tls.key': current?.key,
    'next.crt': next?.cert,
    'next.key': next?.key,
    'previous.crt': previous,
    since: since === undefined ? undefined : new Date(since).toISOString(),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text === undefined ? null : Buffer.from(text).toString('base64'),
    ]),
  );
}

/** What API servers have to trust. */
export function bundleOf({ current, next, previous }: Held): readonly string[] {
  return [current?.cert, next?.cert, previous].filter((cert) => cert !== undefined);
}
