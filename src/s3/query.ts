import { S3Error } from './errors.ts';
import { encodeComponent } from './percent.ts';
import { decodedPart, partsOf, type QueryParts } from './query-parts.ts';
import { sortedPlaces } from './sorted-places.ts';

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `?acl` has no `=`, `?acl=` has one; the store gets the form that the client sent. */
  readonly hasEquals: boolean;
}

/** A decoded query. No name occurs twice, because stores differ in the meaning of the second one. */
export class Query {
  /** Decoded, in the client's order. */
  readonly names: readonly string[];
  /** The number of parameters. */
  readonly size: number;
  readonly #values: QueryParts['values'];
  readonly #encodedNames: QueryParts['encodedNames'];
  /** Name → its place; undefined for a few names, which are searched faster than a map of them is made. */
  readonly #places: ReadonlyMap<string, number> | undefined;
  #parameters: readonly Parameter[] | undefined;

  constructor(parameters: readonly Parameter[] | QueryParts) {
    const { names, values, encodedNames } = 'names' in parameters ? parameters : decodedParts(parameters);
    this.names = names;
    this.size = names.length;
    this.#values = values;
    this.#encodedNames = encodedNames;
    this.#places = names.length > FEW ? placesOf(names) : undefined;
    if (this.#places ? this.#places.size < names.length : isRepeated(names)) {
      throw new S3Error('InvalidArgument', 'A query parameter is given twice; give each of them once.');
    }
  }

  /** Decoded, in the client's order. */
  get parameters(): readonly Parameter[] {
    this.#parameters ??= this.names.map((name, at) => ({
      name,
      value: this.#valueAt(at),
      hasEquals: this.#values[at] !== undefined,
    }));
    return this.#parameters;
  }

  has(name: string): boolean {
    return this.#placeOf(name) >= 0;
  }

  get(name: string): string | undefined {
    // Most requests have no query.
    const at = this.size === 0 ? -1 : this.#placeOf(name);
    return at < 0 ? undefined : this.#valueAt(at);
  }

  /** The value of a parameter, strictly encoded. */
  encoded(name: string): string | undefined {
    const at = this.#placeOf(name);
    return at < 0 ? undefined : this.#encodedAt(at);
  }

  /** The same without some parameters. */
  without(leaveOut: (name: string) => boolean): Query {
    if (!this.names.some(leaveOut)) return this;
    const stays = (_: unknown, at: number): boolean => !leaveOut(this.names[at] as string);
    const names = this.names.filter(stays);
    if (names.length === 0) return NO_QUERY;
    const encodedNames = this.#encodedNames?.filter(stays);
    return new Query({ names, values: this.#values.filter(stays), encodedNames });
  }

  /** The same with another value for one existing parameter. */
  with(name: string, value: string): Query {
    return new Query(this.parameters.map((one) => (one.name === name ? { ...one, value } : one)));
  }

  /** The query for the store: strictly encoded, in the client's order, without a question mark. */
  encode(): string {
    const names = this.#namesEncoded();
    let text = '';
    for (let at = 0; at < names.length; at += 1) {
      const begin = at === 0 ? names[at] : `&${names[at]}`;
      text += this.#values[at] === undefined ? begin : `${begin}=${this.#encodedAt(at)}`;
    }
    return text;
  }

  /** The canonical query of SigV4: strictly encoded, sorted by encoded name, each with its `=`. */
  canonical(): string {
    let text = '';
    this.writeCanonical((piece) => {
      text += piece;
    });
    return text;
  }

  /** The same in pieces, one after the other. @param leftOut the parameter that has the signature itself */
  writeCanonical(write: (piece: string) => void, leftOut?: string): void {
    const names = this.#namesEncoded();
    const order = sortedPlaces(names);
    let isFirst = true;
    for (let place = 0; place < names.length; place += 1) {
      const at = order === undefined ? place : (order[place] as number);
      if (this.names[at] === leftOut) continue;
      if (!isFirst) write('&');
      isFirst = false;
      write(names[at] as string);
      write('=');
      write(this.#encodedAt(at));
    }
  }

  #namesEncoded(): readonly string[] {
    return this.#encodedNames ?? this.names.map(encodeComponent);
  }

  #placeOf(name: string): number {
    return this.#places ? (this.#places.get(name) ?? -1) : this.names.indexOf(name);
  }

  #valueAt(at: number): string {
    const value = this.#values[at] ?? '';
    return this.#encodedNames ? decodedPart(value) : value;
  }

  #encodedAt(at: number): string {
    const value = this.#values[at] ?? '';
    return this.#encodedNames ? value : encodeComponent(value);
  }
}

/** So many names are searched faster than a map of them is made. */
const FEW = 16;

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, at) => [name, at]));
}

function isRepeated(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at += 1) if (names.indexOf(names[at] as string) < at) return true;
  return false;
}

function decodedParts(parameters: readonly Parameter[]): QueryParts {
  return {
    names: parameters.map(({ name }) => name),
    values: parameters.map(({ value, hasEquals }) => (hasEquals || value !== '' ? value : undefined)),
  };
}

/** Without a parameter. */
export const NO_QUERY = new Query([]);

/**
 * @param raw what follows the `?` of the request target, still encoded.
 * @throws S3Error InvalidURI for broken escapes, InvalidArgument for a name given twice.
 */
export function parseQuery(raw: string): Query {
  return raw === '' ? NO_QUERY : new Query(partsOf(raw));
}
