/** How much of what is remembered at most; each is forgotten at the cost of a request. */
export interface MemoryLimits {
  /** Objects whose SSE-C key is known. */
  readonly objects: number;
  /** Multipart uploads that are known to be encrypted. */
  readonly uploads: number;
  /** Buckets whose region is known. */
  readonly buckets: number;
}

/** Objects take up to 190 bytes each, uploads 200 and buckets 150, whatever the length of their names: 13 MB in all. */
export const MEMORY_LIMITS: MemoryLimits = { objects: 50_000, uploads: 10_000, buckets: 10_000 };

/** For metrics. */
export interface Remembered {
  readonly size: number;
  readonly most: number;
  /** How many were forgotten for others. */
  readonly forgotten: number;
}

/** A map in the order of use, the oldest first, which forgets the oldest above its limit. */
export class Recent<V> {
  readonly #of = new Map<string, V>();
  #most: number;
  #forgotten = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get figures(): Remembered {
    return { size: this.#of.size, most: this.#most, forgotten: this.#forgotten };
  }

  /** Another limit, from now on. */
  use(most: number): void {
    this.#most = most;
    this.#shrink();
  }

  get size(): number {
    return this.#of.size;
  }

  has(name: string): boolean {
    return this.#of.has(name);
  }

  /** Without using it. */
  peek(name: string): V | undefined {
    return this.#of.get(name);
  }

  /** Uses it. */
  get(name: string): V | undefined {
    const value = this.#of.get(name);
    if (value === undefined) return undefined;
    this.#of.delete(name);
    this.#of.set(name, value);
    return value;
  }

  set(name: string, value: V): void {
    this.#of.delete(name);
    this.#of.set(name, value);
    if (this.#of.size > this.#most) this.#shrink();
  }

  delete(name: string): void {
    this.#of.delete(name);
  }

  entries(): [string, V][] {
    return [...this.#of];
  }

  #shrink(): void {
    for (const oldest of this.#of.keys()) {
      if (this.#of.size <= this.#most) return;
      this.#of.delete(oldest);
      this.#forgotten += 1;
    }
  }
}
