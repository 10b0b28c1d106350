import { createHash, type Hash } from 'node:crypto';
import type { Taken } from '../row.ts';
import { type Framing, fieldOf, type Head } from '../wire/message-reader.ts';

/** A request while it comes in. */
export class Taking {
  readonly head: Head;
  readonly connection: number;
  readonly #hash: Hash = createHash('sha256');
  #digest: string | undefined;
  #bytes = 0;
  #whole = false;
  #waiting: (() => void)[] = [];

  constructor(head: Head, connection: number) {
    this.head = head;
    this.connection = connection;
  }

  get method(): string {
    return this.head.start.split(' ')[0] ?? '';
  }

  get target(): string {
    return this.head.start.split(' ')[1] ?? '';
  }

  get whole(): boolean {
    return this.#whole;
  }

  add(piece: Buffer): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    this.#wake();
  }

  end(): void {
    this.#whole = true;
    this.#wake();
  }

  /** Resolves when so much has come; never, when it does not come. */
  async taken(wanted: 'body' | number): Promise<void> {
    const bytes = wanted === 'body' ? Number.POSITIVE_INFINITY : wanted;
    while (!this.#whole && this.#bytes < bytes)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  record(): Taken {
    if (this.#whole) this.#digest ??= this.#hash.copy().digest('hex');
    return {
      connection: this.connection,
      method: this.method,
      target: this.target,
      fields: this.head.fields,
      framing: framingOf(this.head).kind,
      bytes: this.#bytes,
      sha256: this.#digest ?? '',
      whole: this.#whole,
    };
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export function framingOf(head: Head): Framing {
  if (fieldOf(head, 'transfer-encoding') !== undefined) return { kind: 'chunked' };
  const length = fieldOf(head, 'content-length');
  return length === undefined ? { kind: 'none' } : { kind: 'length', length: Number(length) };
}
