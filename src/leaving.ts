/** What the line needs of an AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Aborted when a client leaves. An AbortController and its signal are a dozen objects, and each listener is three more:
 * every request has them, and few of its clients leave.
 */
export class Leaving implements Signal {
  #left = false;
  #reason: unknown;
  #listeners: (() => void)[] | undefined;

  get aborted(): boolean {
    return this.#left;
  }

  get reason(): unknown {
    return this.#reason;
  }

  abort(): void {
    if (this.#left) return;
    this.#left = true;
    this.#reason = new DOMException('This operation was aborted', 'AbortError');
    // One that another takes off is not called.
    for (let next = this.#listeners?.shift(); next; next = this.#listeners?.shift()) next();
  }

  throwIfAborted(): void {
    if (this.#left) throw this.#reason;
  }

  /** Whoever comes too late is never called, as with an AbortSignal. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#left) return;
    if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }
}
