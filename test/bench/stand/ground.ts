import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../../src/cli/certificate.ts';
import { Secret } from '../../../src/secret.ts';

/** A file system in memory: no disk is measured. */
const MEMORY = '/dev/shm';

export const REGION = 'eu-test-1';
export const BUCKET = 'bench';
export const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: new Secret('bench-secret-for-tests') };
/** SSE-C keys for tests: the first writes, the second only reads. */
export const SSEC_KEYS = ['bench first', 'bench second'].map((text) =>
  createHash('sha256').update(text).digest(),
);

/** What all contestants have in common: certificates, and a folder in memory. */
export interface Ground {
  readonly folder: string;
  readonly certificates: Certificates;
  remove(): Promise<void>;
}

export async function makeGround(): Promise<Ground> {
  const folder = await mkdtemp(join(MEMORY, 'ssec-proxy-bench-'));
  const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  await writeFile(join(folder, 'ca.pem'), certificates.ca);
  await writeFile(join(folder, 'tls.crt'), certificates.cert);
  await writeFile(join(folder, 'tls.key'), certificates.key, { mode: 0o600 });
  return { folder, certificates, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The three headers of SSE-C for one of SSEC_KEYS. */
export function ssecHeaders(index = 0): Readonly<Record<string, string>> {
  const bytes = SSEC_KEYS[index] as Buffer;
  const prefix = 'x-amz-server-side-encryption-customer-';
  return {
    [`${prefix}algorithm`]: 'AES256',
    [`${prefix}key`]: bytes.toString('base64'),
    [`${prefix}key-md5`]: createHash('md5').update(bytes).digest('base64'),
  };
}

export async function folderIn(ground: Ground, name: string): Promise<string> {
  const path = join(ground.folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
