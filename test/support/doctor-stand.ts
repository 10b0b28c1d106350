import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { type DoctorAsked, type DoctorOptions, doctor } from '../../src/cli/doctor.ts';
import type { Checked, Section } from '../../src/doctor/finding.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import type { StoreClient } from '../../src/store-client/client.ts';
import { clientOf } from './audit-stand.ts';
import { commandLine } from './command.ts';
import { ran } from './io.ts';

const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
const REGION = 'eu-test-1';

/** A store over https and configs before it, for `doctor`. */
export interface DoctorStand {
  readonly port: number;
  readonly directory: string;
  /** The owner, past every config. */
  readonly store: StoreClient;
  readonly ask: (...request: Parameters<StoreClient['send']>) => Promise<number>;
  /** Writes a config. `upstream`: lines in the place of those of the same name. */
  readonly config: (upstream?: Readonly<Record<string, string>>, more?: string) => Promise<string>;
  readonly run: (file: string, ...args: readonly string[]) => ReturnType<typeof ran>;
}

export interface Examined {
  readonly code: number;
  readonly sections: readonly Section[];
  readonly findings: readonly Checked[];
}

export async function startDoctorStand(
  t: Test,
  sandboxOptions: Partial<SandboxOptions> = {},
  doctorOptions: DoctorOptions = {},
): Promise<DoctorStand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-doctor-'));
  const { ca, cert, key } = await certificates();
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls: { cert, key },
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId: OWNER.accessKeyId, secretAccessKey: new Secret(OWNER.secretAccessKey) }],
    region: REGION,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
    ...sandboxOptions,
  });
  const store = clientOf(sandbox.port, {
    upstream: { protocol: 'https:', ca, region: sandboxOptions.region ?? REGION },
    ...(sandboxOptions.clock ? { clock: sandboxOptions.clock } : {}),
  });
  t.teardown(async () => {
    store.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'ca.pem'), ca);
  for (const id of ['new', 'old']) {
    await writeFile(join(folder, id), createHash('sha256').update(id).digest(), { mode: 0o600 });
  }
  const ask: DoctorStand['ask'] = async (request) => {
    const response = await store.send(request);
    response.resume();
    return response.statusCode ?? 0;
  };
  for (const bucket of ['vault', 'open']) await ask({ method: 'PUT', bucket });
  return {
    port: sandbox.port,
    directory: sandbox.directory,
    store,
    ask,
    config: async (upstream = {}, more = '') => {
      const file = join(folder, `${randomUUID()}.yaml`);
      await writeFile(file, configText(sandbox.port, upstream, more));
      return file;
    },
    run: (file, ...args) =>
      ran(
        commandLine<DoctorAsked>('doctor', (asked, io) => doctor(asked, io, doctorOptions)),
        [file, ...args],
      ),
  };
}

/** Runs it with `--json`. */
export async function examined(stand: DoctorStand, file: string, ...args: string[]): Promise<Examined> {
  const { code, stdout, stderr } = await stand.run(file, '--json', ...args);
  if (stdout === '') throw new Error(stderr);
  const { sections } = JSON.parse(stdout) as { sections: readonly Section[] };
  return { code, sections, findings: sections.flatMap(({ findings }) => findings) };
}

let made: Promise<Certificates> | undefined;

function certificates(): Promise<Certificates> {
  made ??= makeCertificates({
    names: ['localhost', 'obs.localhost', '*.obs.localhost'],
    addresses: ['127.0.0.1'],
  });
  return made;
}

function configText(port: number, upstream: Readonly<Record<string, string>>, more: string): string {
  const lines = {
    endpoint: `https://127.0.0.1:${port}`,
    region: REGION,
    provider: 'aws',
    addressing: 'path',
    ca: 'ca.pem',
    credentials: `{ accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${OWNER.secretAccessKey} }`,
    ...upstream,
  };
  const section = Object.entries(lines)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  ${name}: ${value}`);
  return `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream:
${section.join('\n')}
keys:
  new: { file: new }
  old: { file: old }
rules:
  - { match: { bucket: vault, prefix: in/ }, encrypt: [new, old] }
  - { match: { bucket: open }, encrypt: off }
${more}`;
}
