import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { DOMAIN } from './proxy.ts';
import type { TlsFiles } from './store.ts';

/** Makes the certificate that stores are started with. */
export async function writeCertificates(folder: string): Promise<TlsFiles> {
  const { ca, cert, key } = await makeCertificates({
    names: ['localhost', DOMAIN, `*.${DOMAIN}`],
    addresses: ['127.0.0.1'],
  });
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
  };
  await writeFile(files.caFile, ca);
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key, { mode: 0o600 });
  return files;
}
