import { inOwnWords } from '../../dialects/words.ts';
import type { StoreError } from '../../response/store-error.ts';
import type { Exchange } from '../exchange.ts';

/** Elements of an error that name a header or a parameter. What else there is shows what the client itself said. */
const NAMING: ReadonlySet<string> = new Set(['ArgumentName', 'Header', 'HeadersNotSigned']);

/** What an error says depends on who refuses: until a request is let in, its headers have the names that it came with. */
type Told = Pick<Exchange, 'dialect' | 'log'>;

/** An error as a client of another dialect reads it: with its own names of headers. */
export function inClientsDialect(told: Told, { code, message, fields }: StoreError): StoreError {
  const named = Object.entries(fields).map(
    ([name, text]) => [name, NAMING.has(name) ? ownWords(told, text) : text] as const,
  );
  return { code, message: ownWords(told, message), fields: Object.fromEntries(named) };
}

function ownWords({ dialect, log }: Told, text: string): string {
  return log.client === undefined ? text : inOwnWords(text, dialect);
}

/**
 * What a client of such a dialect reads where an answer has no document: SDKs of OBS take the code of a HEAD from its
 * headers.
 */
export function errorHead(
  exchange: Told & Pick<Exchange, 'received'>,
  { code, message }: StoreError,
): string[] {
  if (exchange.received.method !== 'HEAD') return [];
  const text = ownWords(exchange, message).replace(/[^ -~]+/g, ' ');
  return ['x-amz-error-code', code, 'x-amz-error-message', text];
}
