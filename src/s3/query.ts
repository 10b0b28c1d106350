import { S3Error } from './errors.ts';
import { decodePercent, encodeComponent } from './percent.ts';

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `?acl` has no `=`, `?acl=` has one; the store gets the form that the client sent. */
  readonly hasEquals: boolean;
}

/** A decoded query. No name occurs twice, because stores differ in the meaning of the second one. */
export class Query {
  readonly parameters: readonly Parameter[];
  readonly #values: ReadonlyMap<string, string>;

  constructor(parameters: readonly Parameter[]) {
    this.parameters = parameters;
    this.#values = new Map(parameters.map(({ name, value }) => [name, value]));
    if (this.#values.size !== parameters.length) {
      throw new S3Error('InvalidArgument', 'A query parameter is given twice; give each of them once.');
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** The same without some parameters. */
  without(leaveOut: (name: string) => boolean): Query {
    return new Query(this.parameters.filter(({ name }) => !leaveOut(name)));
  }

  /** The same with another value for one existing parameter. */
  with(name: string, value: string): Query {
    return new Query(this.parameters.map((one) => (one.name === name ? { ...one, value } : one)));
  }

  /** The query for the store: strictly encoded, in the client's order, without a question mark. */
  encode(): string {
    if (this.parameters.length === 0) return '';
    return this.parameters
      .map(({ name, value, hasEquals }) =>
        hasEquals ? `${encodeComponent(name)}=${encodeComponent(value)}` : encodeComponent(name),
      )
      .join('&');
  }

  /** The canonical query of SigV4: strictly encoded, sorted by encoded name, each with its `=`. */
  canonical(): string {
    if (this.parameters.length === 0) return '';
    return this.parameters
      .map(({ name, value }) => [encodeComponent(name), encodeComponent(value)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
  }
}

const NONE = new Query([]);

/**
 * @param raw what follows the `?` of the request target, still encoded.
 * @throws S3Error InvalidURI for broken escapes, InvalidArgument for a name given twice.
 */
export function parseQuery(raw: string): Query {
  if (raw === '') return NONE;
  const parameters = raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const name = equals < 0 ? part : part.slice(0, equals);
      const value = equals < 0 ? '' : part.slice(equals + 1);
      return {
        name: decodePercent(name, { plusIsSpace: true }),
        value: decodePercent(value, { plusIsSpace: true }),
        hasEquals: equals >= 0,
      };
    });
  return new Query(parameters);
}
