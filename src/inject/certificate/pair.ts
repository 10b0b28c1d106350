import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** PEM texts: a certificate, with those that lead to its authority, and its private key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Reads the certificate if the key is its own. */
export function certificateOf({ cert, key }: Pair): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(cert);
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Is it good now, for all of these names? */
export function isGood(certificate: X509Certificate, hosts: readonly string[], now: Date): boolean {
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate || now >= validToDate) return false;
  return hosts.every(
    (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined,
  );
}
