import { WireHeaders } from '../s3/headers.ts';
import { type Dialect, INTERNAL_PREFIX } from './dialect.ts';
import { keyHashes } from './key-hash.ts';
import { internalName, ownName } from './names.ts';

/**
 * The headers of a message of a dialect, by their internal names and with internal values. Headers that S3 has no
 * counterpart for keep the names they have; those that pretend to be internal already are dropped.
 * @param keyNames what names the SSE-C keys in play, where that is not their MD5 → their MD5
 */
export function toInternal(
  headers: WireHeaders,
  dialect: Dialect,
  keyNames: ReadonlyMap<string, string> = NO_KEYS,
): WireHeaders {
  if (dialect.prefix === INTERNAL_PREFIX) return headers;
  const made: string[] = [];
  for (const [name, values] of headers.entries()) {
    if (name.startsWith(INTERNAL_PREFIX)) continue;
    const internal = internalName(name, dialect);
    const named = dialect.keyHash !== 'md5' && internal.endsWith('-customer-key-md5');
    // What names no key in play is none of ours, whatever it says.
    for (const value of values)
      made.push(internal, named ? (keyNames.get(value) ?? '') : internalValue(internal, value, dialect));
  }
  return new WireHeaders(made);
}

const NO_KEYS: ReadonlyMap<string, string> = new Map();

/**
 * Internal headers that are to be sent, by the dialect's own names and with its values.
 * @param headers names in lower case
 */
export function fromInternal(
  headers: Readonly<Record<string, string>>,
  dialect: Dialect,
): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    made[ownName(name, dialect)] = ownValue(name, value, dialect);
  if (dialect.keyHash !== 'md5') Object.assign(made, keyHashes(headers, dialect));
  return made;
}

/** The same for a list: name, value, name, value … */
export function fromInternalList(headers: readonly string[], dialect: Dialect): string[] {
  return headers.map((text, i) => {
    const name = (i % 2 === 0 ? text : (headers[i - 1] as string)).toLowerCase();
    if (i % 2 === 1) return ownValue(name, text, dialect);
    const own = ownName(name, dialect);
    return own === name ? text : own;
  });
}

/** @param name internal */
export function internalValue(name: string, value: string, { values }: Dialect): string {
  return values.get(name)?.internal.get(value) ?? value;
}

/** @param name internal */
function ownValue(name: string, value: string, { values }: Dialect): string {
  return values.get(name)?.own.get(value) ?? value;
}
