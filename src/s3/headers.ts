import { S3Error } from './errors.ts';

/**
 * Header fields as they came over the wire: every line kept, names lower-cased for look-up, values as Node hands
 * them out (one character a byte). `IncomingMessage.headers` is not enough: it drops or merges repeated fields.
 */
export class WireHeaders {
  /** Lower-case name → its values, in the order of the lines. */
  readonly #values = new Map<string, string[]>();

  /** @param raw name, value, name, value … as `IncomingMessage.rawHeaders` has them. */
  constructor(raw: readonly string[]) {
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = (raw[i] as string).toLowerCase();
      const values = this.#values.get(name);
      if (values) values.push(raw[i + 1] as string);
      else this.#values.set(name, [raw[i + 1] as string]);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The number of lines of a field. */
  count(name: string): number {
    return this.#values.get(name)?.length ?? 0;
  }

  /** All values of a field, joined with commas as RFC 9110 §5.3 and SigV4 define. */
  joined(name: string): string | undefined {
    const values = this.#values.get(name);
    return values === undefined || values.length === 1 ? values?.[0] : values.join(',');
  }

  /**
   * The value of a field that may occur once.
   * @throws S3Error InvalidRequest when it is repeated: some readers would take the first value, others the last.
   */
  single(name: string): string | undefined {
    const values = this.#values.get(name);
    if (values !== undefined && values.length > 1) {
      throw new S3Error(
        'InvalidRequest',
        `The header ${name} is given ${values.length} times; give it once.`,
      );
    }
    return values?.[0];
  }

  /** The same with some fields replaced, or removed if the value is undefined. Names in lower case. */
  with(changes: Readonly<Record<string, string | undefined>>): WireHeaders {
    const kept = [...this.#values].filter(([name]) => !Object.hasOwn(changes, name));
    const set = Object.entries(changes).flatMap(([name, value]) =>
      value === undefined ? [] : [name, value],
    );
    return new WireHeaders([
      ...kept.flatMap(([name, values]) => values.flatMap((value) => [name, value])),
      ...set,
    ]);
  }

  /** Only these fields. Names in lower case. */
  only(names: readonly string[]): WireHeaders {
    const wanted = new Set(names);
    const kept = [...this.#values].filter(([name]) => wanted.has(name));
    return new WireHeaders(kept.flatMap(([name, values]) => values.flatMap((value) => [name, value])));
  }

  names(): IterableIterator<string> {
    return this.#values.keys();
  }

  entries(): IterableIterator<[string, string[]]> {
    return this.#values.entries();
  }
}
