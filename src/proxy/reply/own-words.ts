import type { Dialect } from '../../dialects/dialect.ts';
import { inOwnWords } from '../../dialects/words.ts';
import type { StoreError } from '../../response/store-error.ts';
import type { Exchange } from '../exchange.ts';

/** Elements of an error that name a header or a parameter. What else there is shows what the client itself said. */
const NAMING: ReadonlySet<string> = new Set(['ArgumentName', 'Header', 'HeadersNotSigned']);

/** An error as a client of another dialect reads it: with its own names of headers. */
export function inClientsDialect({ code, message, fields }: StoreError, dialect: Dialect): StoreError {
  return {
    code,
    message: inOwnWords(message, dialect),
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, text]) => [
        name,
        NAMING.has(name) ? inOwnWords(text, dialect) : text,
      ]),
    ),
  };
}

/**
 * What a client of such a dialect reads where an answer has no document: SDKs of OBS take the code of a HEAD from its
 * headers.
 */
export function errorHead(
  { received: { method }, dialect }: Pick<Exchange, 'received' | 'dialect'>,
  { code, message }: StoreError,
): string[] {
  if (method !== 'HEAD') return [];
  const text = inOwnWords(message, dialect).replace(/[^ -~]+/g, ' ');
  return ['x-amz-error-code', code, 'x-amz-error-message', text];
}
