import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type DoctorAsked, doctor } from '../../src/cli/doctor.ts';
import { type VerifyAsked, verify } from '../../src/cli/verify.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { SseKey } from '../../src/keys/key.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { ssecHeaders } from '../../src/ssec/headers.ts';
import { clientOf } from '../support/audit-stand.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
const REGION = 'eu-de';
const BYTES = createHash('sha256').update('new').digest();

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
  await writeFile(join(folder, 'new'), BYTES, { mode: 0o600 });
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
  const store = clientOf(sandbox.port, {
    upstream: {
      protocol: 'https:',
      hostname: 'localhost',
      ca,
      region: REGION,
      provider: PROVIDERS.obs,
      dialect: OBS,
      addressing: 'virtual',
      credentials: { accessKeyId: OWNER.accessKeyId, secretAccessKey: new Secret(OWNER.secretAccessKey) },
    },
  });
  t.teardown(() => store.close());
  const put = async (objectKey: string, ssecKey?: SseKey): Promise<void> => {
    const headers = ssecKey === undefined ? {} : ssecHeaders('target', ssecKey);
    const body = Buffer.from('content');
    const { statusCode } = await store.send({ method: 'PUT', bucket: 'vault', objectKey, headers, body });
    t.equal(statusCode, 200);
  };
  return { config, put };
}

const run = (...args: readonly string[]) => ran(commandLine<DoctorAsked>('doctor', doctor), args);
const verifying = commandLine<VerifyAsked>('verify', (asked, io) =>
  verify(asked, io, { signal: new AbortController().signal }),
);

t.test('doctor examines a store in the dialect of OBS and in that of S3', async (t) => {
  const { config } = await stand(t);
  for (const dialect of ['obs', 's3']) {
    const { code, stdout } = await run(await config(dialect));
    t.equal(code, 0, dialect);
    t.match(stdout, dialect === 'obs' ? /\(provider obs, dialect obs\)/ : /\(provider obs\)/);
    for (const line of [
      /ok +write +a probe was stored encrypted, and the response names its key/,
      /ok +read without the key +refused: 400 InvalidEncryptionAlgorithmError/,
      /ok +read with another key +refused: 400 InvalidEncryptionAlgorithmError/,
      /ok +multipart +a copied part is encrypted under the key of the upload/,
      /ok +clean-up +the probes were removed/,
      /ok +provider +obs is the provider that fits best/,
    ])
      t.match(stdout, line, dialect);
    t.notMatch(stdout, /WARN|STOP/);
  }
});

t.test(
  'doctor asks no more of a store that refuses the secret, so that the access key is not blocked',
  async (t) => {
    const { config } = await stand(t);
    const wrong = await config('obs', 'another-secret-for-tests');
    for (let i = 0; i < 2; i += 1) {
      const { stdout } = await run(wrong);
      t.match(stdout, /STOP +signature +the store knows the access key but refuses the signature/);
    }
    t.equal((await run(await config('obs'))).code, 0);
  },
);

t.test('verify, recover and explain speak the dialect', async (t) => {
  const { config, put } = await stand(t);
  const file = await config('obs');
  const ours = new SseKey('new', BYTES);
  await put('dir/a b+c', ours);
  await put('lost', new SseKey('lost', createHash('sha256').update('lost').digest()));
  await put('plain');
  const verified = await ran(verifying, [file, 's3://vault']);
  t.match(verified.stdout, new RegExp(`key new \\(${ours.fingerprint}\\) +1 `));
  t.match(verified.stdout, /lost/);
  t.match(verified.stdout, /plain/);
  const recovered = await ran(commandLine('recover'), [file, 's3://vault/dir/a b+c', '--reveal', '--yes']);
  t.match(recovered.stdout, `x-obs-server-side-encryption-customer-key: ${ours.base64}`);
  t.match(recovered.stdout, `x-amz-server-side-encryption-customer-key: ${ours.base64}`);
  const explained = await ran(commandLine('explain'), [file, 's3://vault/a', '--op', 'PutObject']);
  t.match(explained.stdout, /provider obs, dialect obs, region eu-de/);
  t.match(explained.stdout, /x-obs-server-side-encryption-customer-key: \[redacted\]/);
  t.notMatch(explained.stdout, /x-amz-/);
  t.notOk(explained.stdout.includes(ours.base64));
});
