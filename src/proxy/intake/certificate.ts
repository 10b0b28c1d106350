import { clientNames } from '../../listener/client-certificate.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Exchange } from '../exchange.ts';

/** A client may need a certificate of its own beside its signature. @throws S3Error AccessDenied */
export function checkCertificate({ request }: Pick<Exchange, 'request'>, certificate: string): void {
  const names = clientNames(request.socket);
  if (names.has(certificate)) return;
  const cause =
    names.size === 0
      ? `the connection has no client certificate, and the client needs one with ${certificate}`
      : `the client certificate of the connection does not have ${certificate}`;
  throw new S3Error('AccessDenied', 'Access Denied', { cause: new Error(cause) });
}
