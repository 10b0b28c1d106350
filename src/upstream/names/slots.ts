/** How many look-ups run at once. */
export interface SlotLimits {
  readonly all: number;
  /** Of names in the same domain: when its servers hang, the names of other domains still find a slot. */
  readonly perDomain: number;
}

interface Waiting {
  readonly domain: string;
  readonly start: () => void;
}

/** Slots for look-ups. A look-up that finds none waits; the first that may go goes next. */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #waiting = new Set<Waiting>();
  readonly #perDomain = new Map<string, number>();
  #all = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** @returns what frees the slot; undefined when `signal` aborted first */
  async take(name: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const domain = name.slice(name.indexOf('.') + 1);
    if (this.#mayGo(domain)) this.#hold(domain);
    else if (!(await this.#turn(domain, signal))) return undefined;
    return () => this.#free(domain);
  }

  #mayGo(domain: string): boolean {
    return this.#all < this.#limits.all && (this.#perDomain.get(domain) ?? 0) < this.#limits.perDomain;
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
    for (const waiting of this.#waiting) {
      if (!this.#mayGo(waiting.domain)) continue;
      this.#waiting.delete(waiting);
      this.#hold(waiting.domain);
      waiting.start();
      return;
    }
  }
}
