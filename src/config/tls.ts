import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { FileContent } from '../files.ts';
import type { Path, Report } from './problem.ts';

export interface TlsPair {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

interface TlsContext {
  readonly path: Path;
  readonly now: Date;
  readonly report: Report;
  /** The host names that clients may use, as far as the config knows them. */
  readonly domains?: readonly string[];
  /** Names of which none below them is needed. */
  readonly customDomains?: readonly string[];
}

/** The certificate and key of a listener when they are readable and match; every problem goes to `report`. */
export function checkTlsPair(
  cert: FileContent | undefined,
  key: FileContent | undefined,
  { path, now, report, domains = [], customDomains = [] }: TlsContext,
): TlsPair | undefined {
  const certificate = cert === undefined ? undefined : readCertificate(cert, [...path, 'cert'], report);
  const privateKey = key === undefined ? undefined : readPrivateKey(key, [...path, 'key'], report);
  if (certificate !== undefined) {
    checkDates(certificate, now, [...path, 'cert'], report);
    checkNames(certificate, [...path, 'cert'], { domains, customDomains }, report);
  }
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
  // One that breaks off has no end, and would be left out without a word.
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (content.truncated) {
    report.error(path, 'the file is larger than 1 MiB', 'leave only the authorities that are needed in it');
    return undefined;
  }
  if (begun > 0 && begun === blocks.length && blocks.every((block) => canParse(block))) return text;
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

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When a certificate should have been renewed, and when it is too late to wait for that. */
const SOON_MS = 30 * DAY_MS;
const LATE_MS = DAY_MS;

/** Certificates that live for days only are renewed later: in the last third, and at the latest in the last tenth. */
function checkDates(certificate: X509Certificate, now: Date, path: Path, report: Report): void {
  const { validFromDate, validToDate } = certificate;
  const left = validToDate.getTime() - now.getTime();
  const life = validToDate.getTime() - validFromDate.getTime();
  if (left < 0) report.fault(path, `the certificate expired on ${day(validToDate)}`, 'renew it');
  else if (left < Math.min(LATE_MS, life / 10))
    report.fault(path, `the certificate ends in ${inWords(left)}`, 'renew it');
  else if (left < Math.min(SOON_MS, life / 3))
    report.warn(path, `the certificate ends in ${inWords(left)}, on ${day(validToDate)}`, 'renew it');
  if (now < validFromDate)
    report.fault(
      path,
      `the certificate is not valid before ${day(validFromDate)}`,
      "check this host's clock, or use a certificate that is valid now",
    );
}

function inWords(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY_MS);
  if (days >= 2) return `${days} days`;
  const hours = Math.floor(milliseconds / HOUR_MS);
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

/** Clients look at the alternative names alone. https://www.rfc-editor.org/rfc/rfc9525#section-2 */
function checkNames(
  certificate: X509Certificate,
  path: Path,
  { domains, customDomains }: Required<Pick<TlsContext, 'domains' | 'customDomains'>>,
  report: Report,
): void {
  if (certificate.subjectAltName === undefined) {
    report.warn(
      path,
      'the certificate has no alternative names (subjectAltName), and clients refuse such a certificate',
      'make one with the names of the proxy, as with "ssec-proxy cert"',
    );
    return;
  }
  for (const domain of domains) {
    const missing = missingName(certificate, domain);
    if (missing === undefined) continue;
    const name = missing === domain ? domain : `*.${domain}`;
    report.warn(
      path,
      `the certificate is not for ${name}, which domains names`,
      `add the name ${name} to it`,
    );
  }
  for (const name of customDomains.filter((one) => certificate.checkHost(one) === undefined))
    report.warn(
      path,
      `the certificate is not for ${name}, which customDomains names`,
      `add the name ${name} to it`,
    );
}

/** Does a certificate lack a name that is the whole address of a bucket? */
export function lacksHost(cert: string, name: string): boolean {
  return new X509Certificate(cert).checkHost(name) === undefined;
}

/** Does a certificate lack a name that clients of this domain use? */
export function lacksName(cert: string, domain: string): boolean {
  return missingName(new X509Certificate(cert), domain) !== undefined;
}

function missingName(certificate: X509Certificate, domain: string): string | undefined {
  return [domain, `bucket.${domain}`].find((name) => certificate.checkHost(name) === undefined);
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
