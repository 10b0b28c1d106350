import { S3Error } from '../s3/errors.ts';
import type { Exchange } from './exchange.ts';

/**
 * Refuses what Node's parser lets through although two readers could take it for different requests. (Two lengths, a
 * length beside Transfer-Encoding, folded lines, bare line feeds and the like are refused by the parser itself, which
 * is never run in its lenient mode.) The connection ends with the refusal: where the next request begins is unclear.
 *
 * @throws S3Error BadRequest, InvalidURI
 */
export function checkFraming(exchange: Exchange): void {
  const fault = faultOf(exchange);
  if (!fault) return;
  exchange.close = true;
  throw fault;
}

function faultOf({ request, headers, rawTarget }: Exchange): S3Error | undefined {
  const { httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return new S3Error('BadRequest', 'This server speaks HTTP/1.1.');
  }
  if (headers.count('host') > 1) return new S3Error('BadRequest', 'There must be one Host header.');
  if (!rawTarget.startsWith('/')) {
    return new S3Error(
      'InvalidURI',
      "Couldn't parse the specified URI: it must be a path that begins with a slash.",
    );
  }
  const coding = headers.joined('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return new S3Error('BadRequest', 'The only Transfer-Encoding of a request is chunked.');
  }
  return undefined;
}
