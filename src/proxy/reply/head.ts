import { REQUEST_ID } from '../../s3/request-id.ts';
import type { Exchange } from '../exchange.ts';

/** Begins the answer. `headers`: name, value, name, value …; every answer has the id of its request beside them. */
export function writeHead(
  { response, id }: Pick<Exchange, 'response' | 'id'>,
  status: number,
  headers: readonly string[],
): void {
  // With the usual reason of its status: the store's own wording could say anything.
  response.writeHead(status, [...headers, REQUEST_ID, id]);
}
