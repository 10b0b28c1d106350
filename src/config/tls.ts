import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { FileContent } from '../files.ts';
import type { Path, Report } from './problem.ts';

export interface TlsPair {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

/** The certificate and key of a listener when they are readable and match; every problem goes to `report`. */
export function checkTlsPair(
  cert: FileContent | undefined,
  key: FileContent | undefined,
  { path, now, report }: { readonly path: Path; readonly now: Date; readonly report: Report },
): TlsPair | undefined {
  const certificate = cert === undefined ? undefined : readCertificate(cert, [...path, 'cert'], report);
  const privateKey = key === undefined ? undefined : readPrivateKey(key, [...path, 'key'], report);
  if (certificate !== undefined) warnOfDates(certificate, now, [...path, 'cert'], report);
  if (cert === undefined || key === undefined || certificate === undefined || privateKey === undefined) {
    return undefined;
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    report.error([...path, 'key'], 'the private key does not belong to the certificate');
    return undefined;
  }
  const pair = { cert: textOf(cert), key: textOf(key) };
  try {
    createSecureContext(pair);
    return pair;
  } catch {
    report.error([...path, 'cert'], 'OpenSSL does not accept this certificate and key; they may be too weak');
    return undefined;
  }
}

/** The PEM text of certificate authorities when every certificate in it can be read. */
export function checkAuthorities(content: FileContent, path: Path, report: Report): string | undefined {
  const text = textOf(content);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > 0 && blocks.every((block) => canParse(block))) return text;
  report.error(path, 'the file has no certificate in PEM format, or a broken one');
  return undefined;
}

function readCertificate(content: FileContent, path: Path, report: Report): X509Certificate | undefined {
  try {
    if (textOf(content).includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(textOf(content));
  } catch {
    // Reported below, without OpenSSL's reason, which helps nobody here.
  }
  report.error(path, 'the file has no certificate in PEM format');
  return undefined;
}

function readPrivateKey(content: FileContent, path: Path, report: Report): KeyObject | undefined {
  const text = textOf(content);
  try {
    return createPrivateKey(text);
  } catch {
    const locked = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text);
    if (locked) report.error(path, 'the private key has a passphrase', 'store it without one');
    else report.error(path, 'the file has no private key in PEM format');
    return undefined;
  }
}

function warnOfDates(certificate: X509Certificate, now: Date, path: Path, report: Report): void {
  const { validFromDate, validToDate } = certificate;
  if (now > validToDate) report.warn(path, `the certificate expired on ${day(validToDate)}`, 'renew it');
  if (now < validFromDate) report.warn(path, `the certificate is not valid before ${day(validFromDate)}`);
}

function canParse(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function textOf(content: FileContent): string {
  return Buffer.from(content.bytes).toString('utf8');
}
