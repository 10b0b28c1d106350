import { type Dialect, INTERNAL_PREFIX } from './dialect.ts';
import { ownName } from './names.ts';

/** What a message names. */
const NAMED = /x-(?:default-storage-class|amz-[a-z0-9-]*[a-z0-9])/gi;

/** A message that names headers or parameters, for a client that knows them by the dialect's names. */
export function inOwnWords(text: string, dialect: Dialect): string {
  if (dialect.prefix === INTERNAL_PREFIX) return text;
  return text.replace(NAMED, (name) => ownName(name.toLowerCase(), dialect));
}
