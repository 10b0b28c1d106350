import type { NameLimits } from './limits.ts';

/** Limits of what there may be at once. */
export type NameLimit = 'lookups' | 'lookupsPerDomain' | 'remembered';
/** How a look-up ended: with addresses, with the answer that there is no such name, without an answer. */
type Outcome = 'found' | 'unknown' | 'failed';

/** How near the limits of look-ups are, how often they were reached, and how look-ups ended. */
export interface NameFigures {
  readonly limits: Readonly<Record<NameLimit, { readonly most: number; readonly used: number }>>;
  /** Look-ups that waited, names that were forgotten or refused, and look-ups that ran out of time. */
  readonly hits: Readonly<Record<NameLimit | 'timeout', number>>;
  readonly ended: Readonly<Record<Outcome, number>>;
  /** Connections that went to addresses that were kept past their time. */
  readonly stale: number;
}

/** What happened with names since the start. */
export class NameTally {
  stale = 0;
  readonly #hits = { lookups: 0, lookupsPerDomain: 0, remembered: 0, timeout: 0 };
  readonly #ended = { found: 0, unknown: 0, failed: 0 };

  hit(limit: NameLimit | 'timeout'): void {
    this.#hits[limit] += 1;
  }

  ended(outcome: Outcome): void {
    this.#ended[outcome] += 1;
  }

  figures(most: NameLimits, used: Readonly<Record<NameLimit, number>>): NameFigures {
    const of = (limit: NameLimit): NameFigures['limits'][NameLimit] => ({
      most: most[limit],
      used: used[limit],
    });
    return {
      limits: {
        lookups: of('lookups'),
        lookupsPerDomain: of('lookupsPerDomain'),
        remembered: of('remembered'),
      },
      hits: { ...this.#hits },
      ended: { ...this.#ended },
      stale: this.stale,
    };
  }
}
