import { decodePercent } from './percent.ts';

/** The names and values of a query in the client's order, each at the same place of both lists. */
export interface QueryParts {
  /** Decoded. */
  readonly names: readonly string[];
  /** Undefined for a name without `=`. */
  readonly values: readonly (string | undefined)[];
  /** The names, where they and the values came as `encodeComponent` writes them: those values are not decoded. */
  readonly encodedNames?: readonly string[] | undefined;
}

/** @param raw a query, still encoded @throws S3Error InvalidURI for broken escapes */
export function partsOf(raw: string): QueryParts {
  const names: string[] = [];
  const values: (string | undefined)[] = [];
  let equals = -1;
  for (let from = 0, to = 0; from < raw.length; from = to + 1) {
    to = nextOf('&', raw, from);
    if (to === from) continue;
    // Searched for again behind the last one alone: nobody may make the same text be read for each name.
    if (equals < from) equals = nextOf('=', raw, from);
    names.push(raw.slice(from, Math.min(equals, to)));
    values.push(equals < to ? raw.slice(equals + 1, to) : undefined);
  }
  return STRICT.test(raw) ? strict(names, values) : loose(names, values);
}

/**
 * A query that is strictly encoded as it came, but for an equals sign in a value: nothing in it that is encoded is beyond
 * ASCII or a control character, so that all of it can be decoded.
 */
const STRICT = /^[A-Za-z0-9\-._~&=]*(?:%(?:2[0-9A-CF]|3[A-F]|[46]0|5[B-E]|7[B-D])[A-Za-z0-9\-._~&=]*)*$/;

function strict(names: readonly string[], values: readonly (string | undefined)[]): QueryParts {
  return {
    names: names.some(isEscaped) ? names.map(decodedPart) : names,
    values: values.some(hasAnother) ? values.map((value) => value?.replaceAll('=', '%3D')) : values,
    encodedNames: names,
  };
}

function loose(names: readonly string[], values: readonly (string | undefined)[]): QueryParts {
  const read: { names: string[]; values: (string | undefined)[] } = { names: [], values: [] };
  for (let at = 0; at < names.length; at += 1) {
    const value = values[at];
    read.names.push(decodedPart(names[at] as string));
    read.values.push(value === undefined ? undefined : decodedPart(value));
  }
  return read;
}

function isEscaped(text: string): boolean {
  return text.includes('%');
}

function hasAnother(value: string | undefined): boolean {
  return value?.includes('=') === true;
}

export function decodedPart(text: string): string {
  return decodePercent(text, IN_QUERY);
}

const IN_QUERY = { plusIsSpace: true };

/** Where a character is; the end of the text where it is not there any more. */
function nextOf(character: '&' | '=', text: string, from: number): number {
  const at = text.indexOf(character, from);
  return at < 0 ? text.length : at;
}
