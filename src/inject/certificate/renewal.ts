import type { Held } from './held.ts';
import { certificateOf, isGood, type Pair } from './pair.ts';

export interface Renewing {
  readonly hosts: readonly string[];
  readonly now: Date;
  readonly make: () => Promise<Pair>;
  /** Do API servers trust this certificate, as far as the configuration of the webhook says? */
  readonly isTrusted: (cert: string) => boolean;
}

/** How long a certificate is valid, in days. */
export const DAYS = 90;

/** After this part of its time its successor is made. */
const RENEWED_AFTER = 2 / 3;

/**
 * So long all have time to learn of a step before the next one is taken: API servers, which follow the configuration within
 * seconds, and the other replicas, which look twice a minute.
 */
export const SETTLING_MS = 600_000;

/**
 * The next step of the certificate, if one is due: a successor is made, API servers trust both; then it takes over, and they
 * still trust both; then the old one is forgotten. So at each moment what a replica serves is trusted, also when it is one
 * step behind. A certificate that is of no use is replaced at once.
 */
export async function nextStep(held: Held, renewing: Renewing): Promise<Held | undefined> {
  const { hosts, now, make, isTrusted } = renewing;
  const { current, next, previous, since = 0 } = held;
  const good = (pair: Pair | undefined): boolean => {
    const certificate = pair && certificateOf(pair);
    return certificate !== undefined && isGood(certificate, hosts, now);
  };
  const time = now.getTime();
  if (!current || !good(current)) {
    const successor = next && good(next) ? next : await make();
    return { current: successor, since: time };
  }
  const settled = time - since >= SETTLING_MS;
  if (next && !good(next)) return { ...held, next: await make(), since: time };
  if (next)
    return settled && isTrusted(next.cert)
      ? { current: next, previous: current.cert, since: time }
      : undefined;
  if (previous !== undefined) return settled ? { current, since: time } : undefined;
  return isOld(current, now) ? { current, next: await make(), since: time } : undefined;
}

function isOld(pair: Pair, now: Date): boolean {
  const certificate = certificateOf(pair);
  if (!certificate) return true;
  const from = certificate.validFromDate.getTime();
  const to = certificate.validToDate.getTime();
  return now.getTime() >= from + (to - from) * RENEWED_AFTER;
}
