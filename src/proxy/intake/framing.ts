import { S3Error } from '../../s3/errors.ts';
import { misnamed, TWO_FACED } from '../../s3/field.ts';
import type { Exchange } from '../exchange.ts';

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

/** Visible ASCII without a fragment, as clients and stores agree on it. */
const TARGET = /^\/[!"$-~]*$/;
/** Digits that a reader of octal numbers takes for the same number, and few enough to be exact. */
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;

function faultOf({ request, received, rawTarget }: Exchange): S3Error | undefined {
  const { headers } = received;
  const { httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return bad('This server speaks HTTP/1.1.');
  const hosts = headers.count('host');
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return bad('There must be one Host header.');
  if (!TARGET.test(rawTarget)) {
    return new S3Error(
      'InvalidURI',
      "Couldn't parse the specified URI: it must be a path that begins with a slash.",
    );
  }
  const coding = headers.joined('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return bad('The only Transfer-Encoding of a request is chunked.');
  }
  const length = headers.joined('content-length');
  if (length !== undefined && !LENGTH.test(length)) return bad('Content-Length must be a plain number.');
  for (const name of headers.names()) {
    if (name.includes('_') && TWO_FACED.test(name)) return misnamed();
  }
  return undefined;
}

function bad(message: string): S3Error {
  return new S3Error('BadRequest', message);
}
