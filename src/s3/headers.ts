import { UsualNames } from '../lower-case.ts';
import { S3Error } from './errors.ts';

const usual = new UsualNames();

/**
 * Header fields as they came over the wire: every line kept, names lower-cased for look-up, values as Node hands
 * them out (one character a byte). `IncomingMessage.headers` is not enough: it drops or merges repeated fields.
 */
export class WireHeaders {
  /** Lower-case name → its value, or its values in the order of the lines where there are several. */
  readonly #values = new Map<string, string | string[]>();

  /** @param raw name, value, name, value … as `IncomingMessage.rawHeaders` has them. */
  constructor(raw: readonly string[]) {
    const values = this.#values;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = usual.lowerCase(raw[i] as string, i >> 1);
      const value = raw[i + 1] as string;
      const before = values.get(name);
      if (before === undefined) values.set(name, value);
      else if (typeof before === 'string') values.set(name, [before, value]);
      else before.push(value);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The number of lines of a field. */
  count(name: string): number {
    const values = this.#values.get(name);
    if (values === undefined) return 0;
    return typeof values === 'string' ? 1 : values.length;
  }

  /** All values of a field, joined with commas as RFC 9110 §5.3 and SigV4 define. */
  joined(name: string): string | undefined {
    const values = this.#values.get(name);
    return values === undefined || typeof values === 'string' ? values : values.join(',');
  }

  /**
   * The value of a field that may occur once.
   * @throws S3Error InvalidRequest when it is repeated: some readers would take the first value, others the last.
   */
  single(name: string): string | undefined {
    const values = this.#values.get(name);
    if (values === undefined || typeof values === 'string') return values;
    throw new S3Error('InvalidRequest', `The header ${name} is given ${values.length} times; give it once.`);
  }

  /** The same with some fields replaced, or removed if the value is undefined. Names in lower case. */
  with(changes: Readonly<Record<string, string | undefined>>): WireHeaders {
    const made = new WireHeaders(NOTHING);
    for (const [name, values] of this.#values)
      if (!Object.hasOwn(changes, name)) made.#values.set(name, values);
    for (const [name, value] of Object.entries(changes))
      if (value !== undefined) made.#values.set(name, value);
    return made;
  }

  /** Only these fields. Names in lower case. */
  only(names: readonly string[]): WireHeaders {
    const made = new WireHeaders(NOTHING);
    for (const [name, values] of this.#values) if (names.includes(name)) made.#values.set(name, values);
    return made;
  }

  names(): IterableIterator<string> {
    return this.#values.keys();
  }

  /** Each field, with several values where it has several lines. */
  fields(): IterableIterator<[string, string | readonly string[]]> {
    return this.#values.entries();
  }

  /** The same, each with a list of its values. */
  *entries(): IterableIterator<[string, readonly string[]]> {
    for (const [name, values] of this.#values) yield [name, typeof values === 'string' ? [values] : values];
  }
}

const NOTHING: readonly string[] = [];
