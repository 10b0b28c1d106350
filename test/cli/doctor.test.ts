import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { denyingSsec } from '../../src/doctor/checks/policy.ts';
import { awsCommand } from '../../src/doctor/commands.ts';
import { permission } from '../../src/doctor/permission.ts';
import { replay } from '../../src/doctor/replay.ts';
import type { Step } from '../../src/doctor/sequences/step.ts';
import { SseKey } from '../../src/keys/key.ts';
import { PROVIDERS, type ProviderName } from '../../src/s3/providers.ts';
import { unblockCommand } from '../../src/ssec/blocked.ts';
import type { StoreClient, StoreRequest } from '../../src/store-client/client.ts';
import { commandLine } from '../support/command.ts';
import { type Examined, examined, startDoctorStand } from '../support/doctor-stand.ts';
import { ran } from '../support/io.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** The findings that stop work. */
const stops = ({ findings }: Examined) => findings.filter(({ grade }) => grade === 'stop');

t.test('a store that behaves as its provider says is fine, and no probe is left', async (t) => {
  const sizes: number[] = [];
  const bytes = (size: number) => {
    sizes.push(size);
    return randomBytes(size);
  };
  const stand = await startDoctorStand(t, {}, { bytes });
  const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await stand.ask({
    method: 'PUT',
    bucket: 'vault',
    query: { versioning: undefined },
    body: Buffer.from(versioning),
  });
  const result = await examined(stand, await stand.config());
  t.equal(result.code, 0);
  t.same(
    result.findings.filter(({ grade }) => grade === 'warning' || grade === 'stop'),
    [],
  );
  t.match(
    result.findings.find(({ check }) => check === 'provider'),
    { grade: 'fine', found: 'aws is the provider that fits best' },
  );
  t.ok(Math.max(...sizes) >= 3 * 1024, 'Garage cannot copy parts from smaller objects');
  const listed = await stand.store.send({ method: 'GET', bucket: 'vault', query: { versions: undefined } });
  const chunks = await listed.toArray();
  t.notMatch(Buffer.concat(chunks).toString(), /<Version>|<DeleteMarker>/);
  const text = await stand.run(await stand.config());
  t.match(text, { code: 0, stdout: /^upstream https:.*\n {2}ok {4}connection/ });
  t.match(text.stdout, /rules\[1\] s3:\/\/open\/\n(?:.*\n)*.*encrypt: off, so nothing was written/);
});

const BLOCKED = `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>`;

t.test(
  'SSE-C that is blocked is found before anything is written, with the command that keeps the rest',
  async (t) => {
    const stand = await startDoctorStand(t);
    await stand.ask({
      method: 'PUT',
      bucket: 'vault',
      query: { encryption: undefined },
      body: Buffer.from(BLOCKED),
    });
    const result = await examined(stand, await stand.config());
    t.equal(result.code, 1);
    const fix = unblockCommand('vault', 'eu-test-1', { algorithm: 'aws:kms', bucketKey: false });
    t.match(stops(result), [{ check: 'encryption', found: /blocks SSE-C/, fix }]);
    t.equal(stops(result).length, 1);
    t.match(stops(result)[0]?.fix, ` --endpoint-url https://127.0.0.1:${stand.port}`, 'AWS is not meant');
    const asked = await examined(stand, await stand.config(), '--read-only');
    t.match(stops(asked), [{ check: 'encryption', fix }]);
  },
);

t.test('a clock that is wrong', async (t) => {
  const late = () => new Date(Date.now() - 20 * 60_000);
  const stand = await startDoctorStand(t, {}, { clock: late });
  const result = await examined(stand, await stand.config());
  t.equal(result.code, 1);
  t.match(stops(result), [
    { check: 'signature', found: /clock is 20 minutes behind the store's/, fix: 'timedatectl set-ntp true' },
    { check: 'signature', found: /403 RequestTimeTooSkewed/ },
  ]);
  t.equal(result.sections.length, 1, 'and the store is not asked for more');
});

t.test('a wrong certificate authority, and none in the config', async (t) => {
  const stand = await startDoctorStand(t);
  const { ca } = await makeCertificates({ names: ['other.test'], addresses: [] });
  await writeFile(join(stand.directory, '..', 'other.pem'), ca);
  for (const file of ['other.pem', '']) {
    const result = await examined(stand, await stand.config({ ca: file }));
    t.equal(result.code, 1);
    t.match(stops(result), [
      {
        check: 'connection',
        found: /certificate is not from /,
        fix: new RegExp(`into upstream.ca; .*openssl s_client -connect 127.0.0.1:${stand.port} `),
      },
    ]);
  }
});

t.test('a name that is not in the certificate, and an address where nobody listens', async (t) => {
  const stand = await startDoctorStand(t);
  const named = await examined(
    stand,
    await stand.config({ addressing: 'virtual', endpoint: `https://localhost:${stand.port}` }),
  );
  t.match(stops(named), [{ found: /not for bucket.localhost/, fix: 'upstream.addressing: path' }]);
  const nobody = await examined(stand, await stand.config({ endpoint: 'https://127.0.0.1:1' }));
  t.match(stops(nobody), [
    { found: /127.0.0.1:1 cannot be reached: ECONNREFUSED/, fix: /nc -vz 127.0.0.1 1/ },
  ]);
});

t.test('a wrong region and wrong credentials', async (t) => {
  const stand = await startDoctorStand(t);
  t.match(stops(await examined(stand, await stand.config({ region: 'us-west-2' }))), [
    { check: 'signature', found: /region us-west-2.* in eu-test-1/, fix: 'upstream.region: eu-test-1' },
  ]);
  const secret = '{ accessKeyId: owner, secretAccessKey: wrong-secret-for-tests }';
  t.match(stops(await examined(stand, await stand.config({ credentials: secret }))), [
    { found: /SignatureDoesNotMatch/, fix: /upstream.credentials.secretAccessKey/ },
  ]);
  const nobody = '{ accessKeyId: nobody, secretAccessKey: wrong-secret-for-tests }';
  t.match(stops(await examined(stand, await stand.config({ credentials: nobody }))), [
    { found: /InvalidAccessKeyId/, fix: /upstream.credentials/ },
  ]);
});

t.test('a store that ignores SSE-C, one without SSE-C, and one that does not name the key', async (t) => {
  const faults = [
    ['ignored', { check: 'write', found: /stored it UNENCRYPTED/, fix: /that supports SSE-C/ }],
    ['refused', { check: 'write', found: /501 NotImplemented/, fix: /that supports SSE-C/ }],
    ['unechoed', { check: 'write', found: /does not name the key/, fix: /pass on the headers/ }],
  ] as const;
  for (const [ssec, finding] of faults) {
    const stand = await startDoctorStand(t, { faults: { ssec } });
    const result = await examined(stand, await stand.config());
    t.equal(result.code, 1, ssec);
    t.match(stops(result)[0], finding);
    const listed = await stand.store.send({ method: 'GET', bucket: 'vault' });
    t.notMatch(Buffer.concat(await listed.toArray()).toString(), /<Key>/, 'no probe is left');
  }
});

t.test('lists and writes that are not allowed', async (t) => {
  const lists = ['ListObjectsV2', 'ListObjectVersions', 'ListBuckets'];
  const unlisted = await startDoctorStand(t, { faults: { denies: lists } });
  const { code, findings } = await examined(unlisted, await unlisted.config());
  t.equal(code, 0, 'the proxy works without lists');
  t.match(
    findings.filter(({ check, grade }) => check === 'listing' && grade === 'warning'),
    [
      {
        found: /the store does not list objects: 403 AccessDenied/,
        fix: /"s3:ListBucket".*arn:aws:s3:::vault"/,
      },
      { found: /the store does not list versions/, fix: /s3:ListBucketVersions/ },
      { found: /the store does not list objects/ },
      { found: /the store does not list versions/ },
    ],
  );
  t.match(
    findings.find(({ check }) => check === 'clean-up'),
    {
      grade: 'warning',
      fix: /aws s3 rm --recursive s3:..vault.in..ssec-proxy-doctor-/,
    },
  );
  const unwritten = await startDoctorStand(t, { faults: { denies: ['PutObject', 'GetBucketPolicy'] } });
  t.match(stops(await examined(unwritten, await unwritten.config())), [
    {
      check: 'write',
      meaning: /permission to write is missing, or a policy/,
      fix: /s3:PutObject.*get-bucket-policy/,
    },
  ]);
});

t.test('a bucket in the endpoint is found, and not looked for in the bucket', async (t) => {
  const stand = await startDoctorStand(t);
  const at = `https://127.0.0.1:${stand.port}`;
  t.match(await stand.run(await stand.config({ endpoint: `${at}/vault`, provider: 'generic' })), {
    code: 3,
    stdout: '',
    stderr:
      /upstream\.endpoint: the endpoint has the bucket "vault" in its path.*remove everything after the host/,
  });
  // No rule names them, so that only the store can tell that they are buckets.
  await stand.ask({ method: 'PUT', bucket: 'unnamed' });
  for (const bucket of ['unnamed', 'none']) {
    const endpoint = `${at}/${bucket}`;
    const result = await examined(stand, await stand.config({ endpoint, provider: 'generic' }));
    t.equal(result.code, 1);
    t.match(stops(result), [
      {
        check: 'signature',
        found: `the store takes ${endpoint} for the address of a bucket`,
        fix: `upstream.endpoint: the same without /${bucket}`,
      },
    ]);
    t.equal(result.sections.length, 1, 'nothing else is tried');
  }
  const listed = await stand.store.send({ method: 'GET', bucket: 'vault' });
  t.notMatch(Buffer.concat(await listed.toArray()).toString(), /<Key>/, 'no probe is left');
});

t.test('a bucket that does not exist is one finding, with a command for this store', async (t) => {
  const stand = await startDoctorStand(t);
  const file = await stand.config({}, '  - { match: { bucket: none }, encrypt: [new] }\n');
  const result = await examined(stand, file);
  const section = result.sections.find(({ title }) => title.includes('s3://none'));
  t.equal(section?.findings.length, 1);
  t.match(section?.findings[0], {
    grade: 'stop',
    fix: `aws s3api create-bucket --bucket none --region eu-test-1 --endpoint-url https://127.0.0.1:${stand.port}`,
  });
});

t.test('needs neither the certificate of a listener nor the clients, unless it acts as one', async (t) => {
  const stand = await startDoctorStand(t);
  const file = await stand.config(
    {},
    'clients:\n  - { accessKeyId: app, secretAccessKey: { env: NOT_SET } }\n',
  );
  const text = (await readFile(file, 'utf8')).replace(
    '"127.0.0.1:0", auth: none',
    '"0.0.0.0:8443", tls: { cert: gone.pem, key: gone.key }',
  );
  await writeFile(file, text);
  t.equal((await examined(stand, file)).code, 0);
  t.match(await stand.run(file, '--as', 'restic'), { code: 3, stderr: /NOT_SET is not set/ });
});

t.test('permissions are advised as the store has them, and only where one is missing', (t) => {
  const at = (provider: ProviderName, hostname = 's3.example.org') =>
    snapshotOf({ upstream: { provider: PROVIDERS[provider], hostname } }).upstream;
  t.match(permission(at('garage'), 'b'), /^garage bucket allow --read --write b --key /);
  t.match(permission(at('seaweedfs'), 'b'), /s3\.configure .* -buckets b -actions Read,Write,List/);
  t.match(permission(at('hetzner'), 'b'), /keys of the project/);
  t.match(permission(at('obs'), 'b'), /obs:object:\*/);
  const [bucket, objects] = JSON.parse(
    permission(at('aws', 's3.cn-north-1.amazonaws.com.cn'), 'b', ['s3:ListBucketVersions']).replace(
      /^[^[]*/,
      '',
    ),
  );
  t.match(bucket, { Resource: 'arn:aws-cn:s3:::b' });
  t.ok(bucket.Action.includes('s3:ListBucketVersions') && bucket.Action.includes('s3:ListBucket'));
  t.match(objects, { Resource: 'arn:aws-cn:s3:::b/*' });
  t.notOk(objects.Action.includes('s3:ListBucket'), 'an action of the bucket is for the bucket');
  t.ok(objects.Action.includes('s3:ListMultipartUploadParts'));
  t.end();
});

t.test('commands name the endpoint, whatever the config says that the store is', (t) => {
  const at = (hostname: string) => snapshotOf({ upstream: { provider: PROVIDERS.aws, hostname } }).upstream;
  t.match(awsCommand(at('s3.example.org'), 's3', 'ls'), / --endpoint-url https?:\/\/s3\.example\.org/);
  t.notMatch(awsCommand(at('s3.eu-central-1.amazonaws.com'), 's3', 'ls'), '--endpoint-url');
  t.end();
});

t.test('a provider that does not fit the store', async (t) => {
  const stand = await startDoctorStand(t);
  const ceph = await examined(stand, await stand.config({ provider: 'ceph' }));
  t.equal(ceph.code, 1);
  const compared = ceph.findings.filter(({ check }) => check === 'provider');
  t.match(compared[0], { found: /^aws fits better than ceph/, fix: 'upstream.provider: aws' });
  t.match(stops(ceph), [
    {
      found: /with a wrong key the store says 403 AccessDenied .*reads would stop at the first key of a ring/,
    },
  ]);
  const generic = await examined(stand, await stand.config({ provider: 'generic' }));
  t.equal(generic.code, 0, 'the safe provider works');
  t.match(
    generic.findings.find(({ check }) => check === 'provider'),
    { fix: 'upstream.provider: aws' },
  );
});

t.test('policies that deny SSE-C are named', (t) => {
  const condition = { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } };
  const statements = [
    { Sid: 'NoSseC', Effect: 'Deny', Condition: condition },
    {
      Effect: 'Deny',
      Condition: { Null: { 'S3:X-Amz-Server-Side-Encryption-Customer-Algorithm': 'false' } },
    },
    { Sid: 'Demands', Effect: 'Allow', Condition: condition },
    { Sid: 'Else', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ];
  t.same(denyingSsec(JSON.stringify({ Statement: statements })), ['NoSseC', 'statement 2']);
  t.same(denyingSsec(JSON.stringify({ Statement: statements[0] })), ['NoSseC']);
  for (const broken of ['', 'null', '{}', '[]', '<xml/>', '{"Statement":[null,1]}'])
    t.same(denyingSsec(broken), [], broken);
  t.end();
});

t.test('the report contains no secret', async (t) => {
  const stand = await startDoctorStand(t);
  const { stdout } = await stand.run(await stand.config({ provider: 'ceph' }), '--json');
  const bytes = createHash('sha256').update('new').digest();
  for (const secret of [
    bytes.toString('base64'),
    bytes.toString('hex'),
    'owner-secret-for-tests',
    new SseKey('new', bytes).md5,
  ])
    t.notOk(stdout.includes(secret));
});

t.test('a wrong command line, and a config that cannot be used', async (t) => {
  for (const args of [[], ['a', 'b'], ['a', '--what']])
    t.match(await ran(commandLine('doctor'), args), {
      code: 2,
      stdout: '',
      stderr: /^Usage: ssec-proxy doctor/m,
    });
  t.match(await ran(commandLine('doctor'), ['--help']), { code: 0, stdout: /^Usage: ssec-proxy doctor/m });
  t.match(await ran(commandLine('doctor'), ['/no/such/file']), { code: 3 });
});

t.test('--as replays a client through the proxy, and everything is encrypted', async (t) => {
  const stand = await startDoctorStand(t);
  const clients =
    'clients:\n  - { accessKeyId: app, secretAccessKey: app-secret-for-tests, allow: [{ bucket: vault, actions: [read, write, list, delete] }] }\n';
  // registry and cnpg send a lot; the suite of real stores has them all.
  for (const client of ['restic', 'loki', 'velero']) {
    const config = await stand.config({}, client === 'loki' ? '' : clients);
    const result = await examined(stand, config, '--as', client);
    t.same(stops(result), [], client);
    const said = result.findings.filter(({ check }) => /\d\./.test(check));
    t.match(said, [
      { found: /requests .recorded .* got the right responses/ },
      { found: /^[1-9]\d* writes were checked at the store: without a key it returned none/ },
    ]);
  }
  const listed = await stand.store.send({ method: 'GET', bucket: 'vault', query: { versions: undefined } });
  t.notMatch(Buffer.concat(await listed.toArray()).toString(), /<Version>|<DeleteMarker>/);
});

t.test('--as names the request that would make the client fail, and the cause in the log', async (t) => {
  const more =
    'clients:\n  - { accessKeyId: app, secretAccessKey: app-secret-for-tests, allow: [{ bucket: vault, actions: [read, write, list] }] }\n';
  const stand = await startDoctorStand(t);
  const noDelete = await examined(stand, await stand.config({}, more), '--as', 'restic');
  t.match(stops(noDelete), [{ check: /restic/, found: /Delete locks.*403 AccessDenied/ }]);
  const elsewhere = more.replace('bucket: vault', 'bucket: open');
  t.match(stops(await examined(stand, await stand.config({}, elsewhere), '--as', 'restic')), [
    { found: 'no client of the config may write here' },
  ]);
  t.match(await stand.run(await stand.config(), '--as', 'nobody'), { code: 2 });
  t.match(await stand.run(await stand.config(), '--as', 'restic', '--read-only'), { code: 2 });
});

t.test('a rehearsal checks the content of the responses', async (t) => {
  const { store } = await startDoctorStand(t);
  const steps: Step[] = [
    { op: 'Put', on: 'a', size: 10 },
    { op: 'List', on: '' },
    { op: 'Head', on: 'a' },
    { op: 'Get', on: 'a' },
    { op: 'Get', on: 'b', absent: true },
  ];
  const tampered: readonly [string, (request: StoreRequest) => StoreRequest, RegExp | undefined][] = [
    ['', (request) => request, undefined],
    [
      'a list of another place',
      (request) => ({ ...request, query: { prefix: 'else' } }),
      /2 of 5, List.*does not have a$/,
    ],
    ['another size', (request) => ({ ...request, objectKey: 'run/long' }), /3 of 5, Head a: 10 bytes .* 20$/],
    [
      'other bytes',
      (request) => ({ ...request, objectKey: 'run/other' }),
      /4 of 5, Get a: the content is not what was stored/,
    ],
    [
      'what is not there',
      (request) => ({ ...request, objectKey: 'run/a' }),
      /5 of 5, Get b: it exists, but nobody created it/,
    ],
  ];
  const put = (objectKey: string, size: number) =>
    store.send({ method: 'PUT', bucket: 'vault', objectKey, body: Buffer.alloc(size) });
  (await put('run/long', 20)).resume();
  (await put('run/other', 10)).resume();
  for (const [index, [name, tamper, said]] of tampered.entries()) {
    let asked = 0;
    const send: StoreClient['send'] = (request) => {
      asked += 1;
      return store.send(index > 0 && asked === index + 1 ? tamper(request) : request);
    };
    const client = { send, close: () => {} };
    const stage = {
      bench: { client },
      links: { client },
      inspect: () => Promise.resolve(undefined),
      bucket: 'vault',
      folder: 'run/',
      bytes: randomBytes,
    };
    const sequence = { client: 'a test', from: 'recorded' as const, doing: 'little', steps };
    const { trouble } = await replay(sequence, stage);
    if (said) t.match(trouble, said, name);
    else t.equal(trouble, undefined);
  }
});

t.test('a rehearsal sends parts in any order, copies of them, and follows links', async (t) => {
  const { store } = await startDoctorStand(t);
  const asked: StoreRequest[] = [];
  const client: StoreClient = {
    send: (request) => {
      asked.push(request);
      return store.send(request);
    },
    close: () => {},
  };
  const stage = {
    bench: { client },
    links: { client },
    inspect: (name: string) => Promise.resolve(name === 'in plain' ? 'it is not encrypted' : undefined),
    bucket: 'vault',
    folder: 'run/',
    bytes: randomBytes,
  };
  const part = (number: number, size: number): Step => ({
    op: 'Part',
    on: 'a',
    part: number,
    size,
    framing: number === 1 ? 'trailer' : 'endless trailer',
  });
  const steps: Step[] = [
    { op: 'Begin', on: 'a', headers: { 'x-amz-checksum-algorithm': 'CRC32' } },
    part(2, 100),
    part(1, 5_242_880),
    { op: 'Complete', on: 'a', proof: 'crc32' },
    { op: 'Begin', on: 'b' },
    {
      op: 'PartCopy',
      on: 'b',
      from: 'a',
      part: 1,
      headers: { 'x-amz-copy-source-range': 'bytes=5242870-5242899' },
    },
    { op: 'Complete', on: 'b' },
    { op: 'Get', on: 'a' },
    { op: 'Link', on: 'b' },
    { op: 'DeleteMany', many: ['a', 'b'], proof: 'crc32' },
  ];
  const sequence = { client: 'a test', from: 'recorded' as const, doing: 'parts', steps };
  const all = { trouble: undefined, requests: steps.length, inspected: 2, stored: [] };
  t.match(await replay(sequence, stage), all);
  t.match(
    Buffer.from(asked[3]?.body as Buffer).toString(),
    /<Part><ChecksumCRC32>\S{8}<\/ChecksumCRC32><ETag>.*<PartNumber>1<.*<PartNumber>2</,
  );
  const spoiled = { ...stage, links: { client: { ...client, send: () => store.send({ method: 'GET' }) } } };
  t.match(
    (await replay(sequence, spoiled)).trouble,
    /^request 9 of 10, Link b: the content is not what was stored/,
  );
  const plain = { ...sequence, steps: [{ op: 'Put', on: 'in plain', size: 1 } as const] };
  t.match((await replay(plain, stage)).trouble, /^request 1 of 1, Put in plain: it is not encrypted/);
});
