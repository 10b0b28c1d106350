import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface Certificates {
  /** PEM texts: the authority that clients trust, and the server's certificate and private key. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Names {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/**
 * Makes a server certificate that is signed by its own key, valid from a day ago. It is not an authority: a client that trusts it
 * trusts it for these names alone, and the holder of its key can make no certificate for others.
 */
export async function makeSelfSigned({
  names,
  addresses,
  days,
  now,
}: Names & { readonly days: number; readonly now: Date }): Promise<Pick<Certificates, 'cert' | 'key'>> {
  x509.cryptoProvider.set(crypto);
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName({ names, addresses })}`,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      alternatives({ names, addresses }),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
}

/** Makes an authority of its own and a server certificate for the given names, good for 30 days. For trying only. */
export async function makeCertificates({
  names,
  addresses,
  now = new Date(),
}: Names & { readonly now?: Date }): Promise<Certificates> {
  x509.cryptoProvider.set(crypto);
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + 30 * DAY_MS),
  };
  const authorityKeys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=ssec-proxy trial authority',
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const keys = await makeKeys();
  const server = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: `CN=${commonName({ names, addresses })}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      alternatives({ names, addresses }),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    ca: authority.toString('pem'),
    cert: server.toString('pem'),
    key: await privatePem(keys.privateKey),
  };
}

/** X.520 bounds it to 64 characters; clients look at the alternatives alone. */
function commonName({ names, addresses }: Names): string {
  return [...names, ...addresses].find((name) => name.length <= 64) ?? 'ssec-proxy';
}

function alternatives({ names, addresses }: Names): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension([
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((address) => ({ type: 'ip' as const, value: canonicalAddress(address) })),
  ]);
}

/**
 * An address as eight groups of hex digits, shortened, which is all that the certificate library reads right: of
 * `::ffff:192.0.2.7` it makes another address. A zone is of this host alone and is left out.
 */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const [bare] = address.split('%');
  return new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
