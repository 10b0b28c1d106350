import type { Dialect } from '../dialects/dialect.ts';
import { fromInternal } from '../dialects/translate.ts';
import type { Credentials } from '../secret.ts';
import { authorizationBy } from '../sigv2/sign.ts';
import { signGoog4 } from '../sigv4/goog4.ts';
import { sentToGoogle } from './google-headers.ts';
import { sentToObs } from './obs-headers.ts';

/** A request to a store before it is signed, with the internal names of its headers. */
export interface Undressed {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
  /** The bucket that stands in the host name; undefined where none does. */
  readonly bucket: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

interface By {
  readonly credentials: Credentials;
  /** Where the signature names one. */
  readonly region: string;
  readonly now: Date;
}

/**
 * The headers of a request as they go to a store with a dialect of its own: by its names, and signed in its way. What it
 * has no header for stays here, or is refused.
 * @throws S3Error NotImplemented
 */
export function inDialect(request: Undressed, dialect: Dialect, by: By): Record<string, string> {
  if (dialect.signature === 'goog4') {
    const sent = fromInternal(sentToGoogle(request.headers), dialect);
    return { ...sent, ...signGoog4({ ...request, headers: sent }, by) };
  }
  const headers = fromInternal(sentToObs(request.headers), dialect);
  headers['date'] = by.now.toUTCString();
  headers['authorization'] = authorizationBy({ ...request, headers }, by.credentials);
  return headers;
}
