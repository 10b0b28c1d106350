import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Certificates } from '../../src/cli/certificate.ts';
import type { Credentials } from '../../src/secret.ts';

/** The image starts Node with these too: what is young garbage here is buffers, which are not worth keeping for long. */
const FLAGS = ['--max-semi-space-size=2', '--v8-pool-size=2', '--no-parallel-scavenge'];

interface Setting {
  /** Path of the program: `dist/main.js` or `src/main.ts`. */
  readonly main: string;
  /** Where its config and keys are put. */
  readonly folder: string;
  readonly certificates: Certificates;
  readonly storePort: number;
  readonly region: string;
  /** Those of the client and of the proxy at the store. */
  readonly credentials: Credentials;
}

/** The real `serve` in a process of its own; its log is read and dropped. */
export async function startProxy({
  main,
  folder,
  certificates,
  ...setting
}: Setting): Promise<{ proxy: ChildProcess; url: string }> {
  const { ca, cert, key } = certificates;
  const files = { 'ca.pem': ca, 'tls.crt': cert, 'tls.key': key, 'bench.key': randomBytes(32) };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  await writeFile(join(folder, 'config.yaml'), configText(setting), { mode: 0o600 });
  const proxy = spawn(process.execPath, [...FLAGS, main, 'serve', join(folder, 'config.yaml')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: proxy.stdout });
  for await (const line of lines) {
    const { msg, listen } = JSON.parse(line) as { msg: string; listen?: string[] };
    if (msg !== 'serving' || !listen?.[0]) continue;
    proxy.stdout.resume();
    return { proxy, url: listen[0] };
  }
  throw new Error('the proxy did not start');
}

function configText({
  storePort,
  region,
  credentials,
}: Omit<Setting, 'main' | 'folder' | 'certificates'>): string {
  const pair = `{ accessKeyId: ${credentials.accessKeyId}, secretAccessKey: ${credentials.secretAccessKey.reveal()} }`;
  return `listen:
  - { address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }
admin: { address: "127.0.0.1:0" }
upstream:
  endpoint: https://127.0.0.1:${storePort}
  region: ${region}
  provider: aws
  addressing: path
  ca: ca.pem
  timeouts: { connect: 60s }
  credentials: ${pair}
clients:
  - ${pair}
keys:
  bench: { file: bench.key }
rules:
  - { match: { bucket: bench }, encrypt: [bench] }
`;
}

/** Bytes of memory that a process holds, and the most that it ever held. */
export function memoryOf({ pid }: ChildProcess): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return { rss: kib('VmRSS') * 1024, peak: kib('VmHWM') * 1024 };
}
