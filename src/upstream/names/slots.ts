import type { NameLimits } from './limits.ts';
import type { NameTally } from './name-tally.ts';

/** Of names in the same domain: when its servers hang, the names of other domains still find a slot. */
type SlotLimits = Pick<NameLimits, 'lookups' | 'lookupsPerDomain'>;

interface Waiting {
  readonly domain: string;
  readonly start: () => void;
}

/** Slots for look-ups. A look-up that finds none waits; the first that may go goes next. */
export class Slots {
  #limits: SlotLimits;
  readonly #tally: Pick<NameTally, 'hit'>;
  readonly #waiting = new Set<Waiting>();
  readonly #perDomain = new Map<string, number>();
  #all = 0;

  constructor(limits: SlotLimits, tally: Pick<NameTally, 'hit'>) {
    this.#limits = limits;
    this.#tally = tally;
  }

  use(limits: SlotLimits): void {
    this.#limits = limits;
    this.#serve();
  }

  /** The look-ups that run, and those of the domain that has the most. */
  used(): Record<keyof SlotLimits, number> {
    return { lookups: this.#all, lookupsPerDomain: Math.max(0, ...this.#perDomain.values()) };
  }

  /** @returns what frees the slot; undefined when `signal` aborted first */
  async take(name: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const domain = name.slice(name.indexOf('.') + 1);
    if (this.#mayGo(domain)) this.#hold(domain);
    else {
      this.#tally.hit(this.#all < this.#limits.lookups ? 'lookupsPerDomain' : 'lookups');
      if (!(await this.#turn(domain, signal))) return undefined;
    }
    return () => this.#free(domain);
  }

  #mayGo(domain: string): boolean {
    const { lookups, lookupsPerDomain } = this.#limits;
    return this.#all < lookups && (this.#perDomain.get(domain) ?? 0) < lookupsPerDomain;
  }

  #hold(domain: string): void {
    this.#all += 1;
    this.#perDomain.set(domain, (this.#perDomain.get(domain) ?? 0) + 1);
  }

  /** True with a slot that `#free` has held for it. */
  #turn(domain: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = { domain, start: () => resolve(true) };
      this.#waiting.add(waiting);
      const leave = (): void => {
        if (this.#waiting.delete(waiting)) resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #free(domain: string): void {
    this.#all -= 1;
    const left = (this.#perDomain.get(domain) ?? 1) - 1;
    if (left === 0) this.#perDomain.delete(domain);
    else this.#perDomain.set(domain, left);
    this.#serve();
  }

  /** All that may go go, in the order in which they came. */
  #serve(): void {
    for (const waiting of this.#waiting) {
      if (this.#all >= this.#limits.lookups) return;
      if (!this.#mayGo(waiting.domain)) continue;
      this.#waiting.delete(waiting);
      this.#hold(waiting.domain);
      waiting.start();
    }
  }
}
