/** What the line needs of an AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: Listener, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: Listener): void;
}

type Listener = (() => void) | { handleEvent(): void };

/**
 * Aborted when a client leaves. An AbortController and its signal are a dozen objects, and each listener is three more:
 * every request has them, and few of its clients leave.
 */
export class Leaving implements Signal {
  aborted = false;
  #reason: unknown;
  #listeners: Listener[] | undefined;

  get reason(): unknown {
    return this.#reason;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.#reason = new DOMException('This operation was aborted', 'AbortError');
    // One that another takes off is not called.
    for (let next = this.#listeners?.shift(); next; next = this.#listeners?.shift())
      if (typeof next === 'function') next();
      else next.handleEvent();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.#reason;
  }

  /** A listener that comes too late is never called, as with an AbortSignal. */
  addEventListener(_type: 'abort', listener: Listener): void {
    if (this.aborted) return;
    if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }
}
