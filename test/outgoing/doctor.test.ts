import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type DoctorAsked, doctor } from '../../src/cli/doctor.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
const REGION = 'eu-de';

/** A store of OBS's strictness, and a config of it. */
async function stand(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-obs-'));
  const names = ['localhost', 'bucket.localhost', 'vault.localhost', 'open.localhost'];
  const { ca, cert, key } = await makeCertificates({ names, addresses: [] });
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls: { cert, key },
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId: OWNER.accessKeyId, secretAccessKey: new Secret(OWNER.secretAccessKey) }],
    region: REGION,
    profile: 'obs',
    domains: ['localhost'],
    buckets: ['vault', 'open'],
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
  t.teardown(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'ca.pem'), ca);
  await writeFile(join(folder, 'new'), createHash('sha256').update('new').digest(), { mode: 0o600 });
  const config = async (dialect: string, secret = OWNER.secretAccessKey): Promise<string> => {
    const file = join(folder, `${dialect}.yaml`);
    await writeFile(
      file,
      `listen: [{ address: "127.0.0.1:0", auth: none }]
admin: off
upstream:
  endpoint: https://localhost:${sandbox.port}
  region: ${REGION}
  provider: obs
  dialect: ${dialect}
  ca: ca.pem
  credentials: { accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${secret} }
keys:
  new: { file: new }
rules:
  - match: { bucket: vault }
    encrypt: [new]
  - match: { bucket: open }
    encrypt: off
`,
    );
    return file;
  };
  return { config };
}

const run = (...args: readonly string[]) => ran(commandLine<DoctorAsked>('doctor', doctor), args);

t.test('doctor examines a store in the dialect of OBS and in that of S3', async (t) => {
  const { config } = await stand(t);
  for (const dialect of ['obs', 's3']) {
    const { stdout, stderr } = await run(await config(dialect));
    t.comment(stdout, stderr);
  }
});

t.test('wrong', async (t) => {
  const { config } = await stand(t);
  const { stdout, stderr } = await run(await config('obs', 'another-secret-for-tests'));
  t.comment(stdout, stderr);
});
