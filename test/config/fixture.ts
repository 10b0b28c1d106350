import 'reflect-metadata';
import { createHash } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { formatProblem } from '../../src/config/problem.ts';
import type { ReadFile } from '../../src/files.ts';
import { type LoadOptions, type LoadResult, loadConfig } from '../../src/snapshot/load.ts';

export const NOW = new Date('2026-06-01T00:00:00Z');

/** 32 bytes that are the same in every run and a secret of nobody. */
export function testKey(name: string): Buffer {
  return createHash('sha256').update(`test key ${name}`).digest();
}

export interface TestPair {
  readonly cert: string;
  readonly key: string;
}

export const NAMES = ['proxy.example', 's3.example.com', '*.s3.example.com'];

export async function makePair(
  notBefore = '2026-01-01',
  notAfter = '2027-01-01',
  names = NAMES,
): Promise<TestPair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=proxy.example',
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm,
    keys,
    extensions:
      names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

export type Files = Readonly<
  Record<string, string | Uint8Array | { readonly text: string; readonly mode: number }>
>;

/** Reads from `files` as a disk would; mode 0600 unless stated. */
export function stubReader(files: Files): ReadFile {
  return (path) => {
    const entry = files[path];
    if (entry === undefined) return Promise.reject(Object.assign(new Error('stub'), { code: 'ENOENT' }));
    const isContent = typeof entry === 'string' || entry instanceof Uint8Array;
    const content = isContent ? entry : entry.text;
    return Promise.resolve({
      bytes: Buffer.from(content),
      mode: isContent ? 0o600 : entry.mode,
      truncated: false,
    });
  };
}

export const MINIMAL = `listen:
  - address: 127.0.0.1:0
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: up, secretAccessKey: { env: UP_SECRET } }
clients:
  - { accessKeyId: app, secretAccessKey: { env: APP_SECRET } }
keys:
  vault: { file: keys/vault }
rules:
  - match: { bucket: backups }
    encrypt: [vault]
`;

export const ENV = { UP_SECRET: 'upstream-test-secret', APP_SECRET: 'client-test-secret' };
export const FILES: Files = { '/etc/proxy/keys/vault': testKey('vault') };

/** Loads a text as /etc/proxy/config.yaml. */
export async function load(
  text: string,
  {
    env = ENV,
    files = FILES,
    ...options
  }: { env?: Readonly<Record<string, string>>; files?: Files } & Pick<LoadOptions, 'strict' | 'needs'> = {},
): Promise<LoadResult & { readonly lines: readonly string[] }> {
  const configFile = '/etc/proxy/config.yaml';
  const readFile = stubReader({ ...files, [configFile]: text });
  const result = await loadConfig(configFile, { env, readFile, now: NOW, ...options });
  const lines = result.problems.map(
    (problem) => `${problem.severity}: ${formatProblem(problem, 'config.yaml')}`,
  );
  return { ...result, lines };
}
