import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

interface Asked {
  readonly name?: string;
  readonly alternatives?: readonly x509.JsonGeneralName[];
  /** From now on; below zero, it has expired. */
  readonly days?: number;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An authority for certificates of clients. */
export async function makeAuthority(): Promise<{ ca: string; issue: (asked?: Asked) => Promise<Pair> }> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await makeKeys();
  const notBefore = new Date(Date.now() - 10 * DAY_MS);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=authority for tests',
    notBefore,
    notAfter: new Date(Date.now() + 30 * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const issue = async ({ name = 'client', alternatives = [], days = 1 }: Asked = {}): Promise<Pair> => {
    const own = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: authority.subject,
      notBefore,
      notAfter: new Date(Date.now() + days * DAY_MS),
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension([...alternatives])] : []),
      ],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey));
    const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
    return {
      cert: certificate.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
    };
  };
  return { ca: authority.toString('pem'), issue };
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
