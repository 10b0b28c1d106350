import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { deriveKey } from '../../src/keys/derive.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';
import { testSsecKey } from '../support/snapshot.ts';

const NEW = testSsecKey('new');
const OLD = testSsecKey('old');
const bytesOf = ({ base64 }: { base64: string }): Buffer => Buffer.from(base64, 'base64');

const CONFIG = `listen:
  - address: 127.0.0.1:8443
    auth: none
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  provider: PROVIDER
  credentials: { accessKeyId: up, secretAccessKey: { file: upstream-secret } }
keys:
  new: { file: new-key }
  old: { file: old-key }
rules:
  - match: { bucket: vault, prefix: a/ }
    encrypt: [new, old]
  - match: { bucket: "open-*" }
    encrypt: off
`;

const directory = t.testdir({
  'config.yaml': CONFIG.replace('PROVIDER', 'aws'),
  'ceph.yaml': CONFIG.replace('PROVIDER', 'ceph'),
  'broken.yaml': 'listen: 7\n',
  'new-key': '',
  'old-key': '',
  'upstream-secret': 'upstream-secret-for-tests',
});

t.before(async () => {
  for (const [name, ssecKey] of [
    ['new-key', NEW],
    ['old-key', OLD],
  ] as const) {
    await writeFile(join(directory, name), bytesOf(ssecKey));
  }
  for (const name of ['new-key', 'old-key', 'upstream-secret']) await chmod(join(directory, name), 0o600);
});

const ask = (config: string, ...args: string[]) =>
  ran(commandLine('explain'), [join(directory, config), ...args]);

t.test('shows which keys are derived, with what fingerprint, and from when on a key writes', async (t) => {
  const config = CONFIG.replace('PROVIDER', 'aws')
    .replace('[new, old]', '[{ key: new, derive: object }, new, old]')
    .replace('file: old-key', 'file: old-key, writesFrom: 2020-01-01T00:00:00+01:00');
  await writeFile(join(directory, 'derived.yaml'), config);
  const { stdout } = await ask('derived.yaml', 's3://vault/a/b c', '--op', 'GetObject');
  const { fingerprint } = deriveKey(NEW, 'vault', 'a/b c');
  t.ok(stdout.includes(`SSE-C: key new/object (fingerprint ${fingerprint}), then key new (`), stdout);
  t.match(stdout, /^ {2}new\/object: derived from new for the bucket and the object key$/m);
  t.match(stdout, /^ {2}old: writes from 2019-12-31T23:00:00.000Z$/m);
});

t.test('says which rule matches, which keys, and what would be sent', async (t) => {
  const { code, stdout, stderr } = await ask('config.yaml', 's3://vault/a/b c', '--op', 'GetObject');
  t.equal(code, 0, stderr);
  t.match(stdout, /^GetObject s3:\/\/vault\/a\/b c$/m);
  t.match(stdout, /^rule: rules\[0\] \(exact bucket "vault", prefix "a\/"\)$/m);
  t.ok(
    stdout.includes(
      `SSE-C: key new (fingerprint ${NEW.fingerprint}), then key old (fingerprint ${OLD.fingerprint})`,
    ),
  );
  t.match(stdout, /^sent to: https:\/\/s3\.example\.org:443, provider aws, region eu-test-1$/m);
  t.match(stdout, /^GET \/a\/b%20c$/m);
  t.match(stdout, /^host: vault\.s3\.example\.org$/m);
  t.match(stdout, /^x-amz-server-side-encryption-customer-algorithm: AES256$/m);
  t.match(stdout, /^x-amz-server-side-encryption-customer-key: \[redacted\]$/m);
});

t.test('takes the name of the operation in any case, and options in any place', async (t) => {
  const { code, stdout } = await ask('config.yaml', '--op=putobject', 's3://vault/a/b');
  t.equal(code, 0);
  t.match(stdout, /^PutObject /);
  t.match(stdout, /^SSE-C: key new \(fingerprint [0-9a-f]{32}\)$/m, 'a write has one key');
});

t.test('says of a part that its key comes from the id of the upload', async (t) => {
  for (const op of ['UploadPart', 'CompleteMultipartUpload', 'ListParts']) {
    const { stdout } = await ask('config.yaml', 's3://vault/a/b', '--op', op);
    t.match(
      stdout,
      /^SSE-C: the key that the upload began with, which its id names; for one that begins now key new \(/m,
    );
    t.match(stdout, /^(PUT|POST|GET) \/a\/b\?.*uploadId=UPLOAD-ID$/m, 'the store gets its own id');
  }
  const { stdout } = await ask('config.yaml', 's3://open-x/b', '--op', 'UploadPart');
  t.match(stdout, /^SSE-C: no headers are sent$/m);
});

t.test('shows neither keys nor their MD5 nor a signature nor a secret', async (t) => {
  const asked = [
    ['s3://vault/a/b', '--op', 'PutObject'],
    ['s3://vault/a/b', '--op', 'HeadObject'],
    ['s3://vault/a/b', '--op', 'CompleteMultipartUpload'],
    ['s3://vault/a/b', '--op', 'CopyObject', '--from', 's3://vault/a/c'],
    ['s3://open-x/b', '--op', 'UploadPartCopy', '--from', 's3://vault/a/c'],
    ['s3://vault', '--op', 'ListObjectsV2'],
    ['s3://', '--op', 'ListBuckets'],
    ['s3://vault/z', '--op', 'PutObject'],
  ];
  for (const args of asked) {
    const { code, stdout, stderr } = await ask('config.yaml', ...args);
    t.equal(code, 0, args.join(' '));
    for (const { base64, md5 } of [NEW, OLD]) {
      for (const secret of [base64, md5]) {
        t.notOk(stdout.includes(secret) || stderr.includes(secret));
        t.notOk(stdout.includes(Buffer.from(secret, 'base64').toString('hex')));
      }
    }
    t.notMatch(stdout + stderr, /Signature=|upstream-secret-for-tests/);
  }
});

t.test('says both rules of a copy', async (t) => {
  const { stdout } = await ask(
    'config.yaml',
    's3://open-x/b',
    '--op',
    'CopyObject',
    '--from',
    's3://vault/a/c',
  );
  t.match(stdout, /^rule: rules\[1\] \(glob "open-\*", every object key\)$/m);
  t.match(stdout, /^SSE-C: no headers are sent$/m);
  t.match(stdout, /^source rule: rules\[0\]/m);
  t.match(stdout, /^source SSE-C: key new .*, then key old/m);
  t.match(stdout, /^x-amz-copy-source: vault\/a\/c$/m);
});

t.test('says who copies, and shows both requests of a copy by the proxy', async (t) => {
  const copied = ['s3://vault/a/b', '--op', 'CopyObject', '--from', 's3://open-x/c'];
  t.match((await ask('config.yaml', ...copied)).stdout, /^copied by: the store$/m);
  const { stdout } = await ask('ceph.yaml', ...copied);
  t.match(stdout, /^copied by: the proxy, which reads the source and writes it again$/m);
  t.match(stdout, /^GET \/open-x\/c$[\s\S]*^PUT \/vault\/a\/b$/m);
  t.notMatch(stdout, /copy-source/);
  const part = ['s3://vault/a/b', '--op', 'UploadPartCopy', '--from', 's3://open-x/c'];
  t.match((await ask('ceph.yaml', ...part)).stdout, /^PUT \/vault\/a\/b\?partNumber=1&uploadId=UPLOAD-ID$/m);
});

t.test('says of a refused request why, and that is a good answer', async (t) => {
  const refused: [config: string, args: string[], reason: RegExp][] = [
    ['config.yaml', ['s3://vault/z', '--op', 'GetObject'], /^refused: 403 AccessDenied: ./m],
    ['config.yaml', ['s3://other', '--op', 'HeadBucket'], /^refused: 403 AccessDenied: ./m],
    ['config.yaml', ['s3://no/k', '--op', 'GetObject'], /^refused: 400 InvalidBucketName: ./m],
    ['config.yaml', ['s3://vault', '--op', 'PostObject'], /^refused: 501 NotImplemented: ./m],
    ['config.yaml', ['s3://vault/a/b', '--op', 'CopyObject'], /^refused: 400 InvalidArgument: .*source/m],
  ];
  for (const [config, args, reason] of refused) {
    const { code, stdout } = await ask(config, ...args);
    t.equal(code, 0, args.join(' '));
    t.match(stdout, reason);
  }
});

t.test('explains its use to a wrong command line', async (t) => {
  const wrong = [
    [],
    ['s3://vault/a'],
    ['s3://vault/a', '--op', 'Nonsense'],
    ['vault/a', '--op', 'GetObject'],
    ['s3://vault/a', 's3://vault/b', '--op', 'GetObject'],
    ['s3://vault/a', '--op', 'GetObject', '--nonsense'],
    ['s3://vault/a', '--op', 'GetObject', '--from', 's3://vault/b'],
    ['s3://vault/a', '--op', 'CopyObject', '--from', 'vault/b'],
    ['s3://vault', '--op', 'GetObject'],
    ['s3://vault/', '--op', 'PutObject'],
    ['s3://vault/a', '--op', 'ListObjectsV2'],
    ['s3://vault', '--op', 'ListBuckets'],
    ['s3://', '--op', 'HeadBucket'],
  ];
  for (const args of wrong) {
    const { code, stdout, stderr } = await ask('config.yaml', ...args);
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, /^error: [\s\S]*^Usage: ssec-proxy explain/m);
  }
});

t.test('says what is wrong with a config that cannot be used', async (t) => {
  for (const config of ['broken.yaml', 'missing.yaml']) {
    const { code, stdout, stderr } = await ask(config, 's3://vault/a', '--op', 'GetObject');
    t.equal(code, 1);
    t.equal(stdout, '');
    t.ok(stderr.includes(config));
  }
});

const GRANTS = `
clients:
  - { accessKeyId: app, secretAccessKey: { env: NOWHERE }, allow: [{ bucket: vault, prefix: a/, actions: [read, list] }, { bucket: "open-*" }] }
  - { accessKeyId: all, secretAccessKey: { file: nowhere } }
  - { accessKeyId: { env: NOWHERE }, secretAccessKey: { env: NOWHERE } }
  - { anonymous: true, allow: [{ bucket: open-1 }] }
`;

t.test('says which certificate a client needs beside its signature', async (t) => {
  const [tls, client] = [
    '    tls: { cert: nowhere, key: nowhere, clientCa: nowhere }\n',
    `clients:\n  - { accessKeyId: app, certificate: 'DNS:App.example.com', secretAccessKey: { env: NOWHERE }, allow: [{ bucket: vault, actions: [read] }] }\n`,
  ];
  const text = CONFIG.replace('PROVIDER', 'aws').replace('    auth: none\n', tls) + client;
  await writeFile(join(directory, 'certificate.yaml'), text);
  for (const [op, then] of [
    ['GetObject', /^rule: rules\[0\]/],
    ['PutObject', /^refused: 403/],
  ] as const) {
    const { stdout, stderr } = await ask('certificate.yaml', 's3://vault/a/x', '--op', op, '--client', 'app');
    t.equal(stderr, '');
    const [, , certificate, next] = stdout.split('\n');
    t.match(
      certificate,
      /^certificate: one with DNS:app\.example\.com, on a connection to a listener with tls\.clientCa; without it/,
    );
    t.match(next, then);
  }
});

t.test('says why a client may not, what was looked at, and what to write to allow it', async (t) => {
  const text = CONFIG.replace('PROVIDER', 'aws').replace('    auth: none\n', '') + GRANTS;
  await writeFile(join(directory, 'clients.yaml'), text);
  const why = async (line: string): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await ask('clients.yaml', ...line.split(' '));
    t.equal(code, 0, stderr);
    return stdout.trimEnd().split('\n').slice(1);
  };
  t.strictSame(await why('s3://vault/a/x --op PutObject --client app'), [
    'client: app',
    'refused: 403 AccessDenied: Access Denied',
    'why: no grant allows client app to write s3://vault/a/x',
    'looked at: allow[0]: bucket "vault", prefix "a/", actions read, list: does not have write',
    'looked at: allow[1]: bucket "open-*", actions read, write, list, delete: is for other buckets',
    'to allow it: in allow of client app: - { bucket: vault, prefix: "a/", actions: [write] }',
  ]);
  const others: readonly (readonly [line: string, ...says: readonly RegExp[]])[] = [
    ['s3://vault/a/x --op GetObject --client app', /^client: app$/, /^rule: rules\[0\]/],
    ['s3://open-1/x --op DeleteObject --client app', /^client: app$/, /^rule: rules\[1\]/],
    [
      's3://none/x --op GetObject --client all',
      /^why: no rule matches s3:\/\/none\/x, and default: deny refuses/,
      /^looked at: rules\[0\]: bucket "vault", prefix "a\/"$/,
      /^to allow it: a rule, as in - \{ match: \{ bucket: none \}, encrypt: \[new\] \}$/,
    ],
    ['s3://none/x --op GetObject', /^why: no rule matches/],
    ['s3://vault/b/x --op GetObject', /^why: no rule matches s3:\/\/vault\/b\/x/],
    [
      's3://vault --op ListObjectsV2 --client app',
      /^why: no grant allows client app to list/,
      /is for another prefix$/,
    ],
    ['s3://vault --op ListObjectsV2 --client app --prefix a/b', /^rule: none; requests about a bucket pass/],
    [
      's3://vault --op PutBucketPolicy --client all',
      /^why: PutBucketPolicy is about the bucket itself, and client all is not an administrator$/,
      /^to allow it: admin: true for client all$/,
    ],
    [
      's3://vault/a/x --op PutObjectAcl --client all',
      /has no grant of acl$/,
      /^to allow it: admin: true for client all, or acl in the actions of a grant$/,
    ],
    [
      's3://open-1/x --op CopyObject --from s3://vault/a/x --client all',
      /^why: the copy would be stored in plain, and its source is encrypted$/,
      /^to allow it: declassify: true in rules\[1\]/,
    ],
    [
      's3://open-1/x --op CopyObject --from s3://none/x --client all',
      /^why: no rule matches the source s3:\/\/none\/x/,
    ],
    [
      's3://open-1/x --op PutObject --client anonymous',
      /^why: an anonymous client may get objects and list them/,
    ],
    ['s3://open-1/x --op GetObject --client anonymous', /^rule: rules\[1\]/],
    ['s3://vault/a/x --op GetObject --client anonymous', /^why: no grant allows client anonymous to read/],
  ];
  for (const [line, ...says] of others) {
    const lines = await why(line);
    for (const said of says)
      t.ok(
        lines.some((one) => said.test(one)),
        `${line}: ${said}\n${lines.join('\n')}`,
      );
  }
});

t.test('a client that the config does not have is a wrong command line', async (t) => {
  const config = join(directory, 'clients.yaml');
  t.match(
    await ran(commandLine('explain'), [config, 's3://vault/a/x', '--op', 'GetObject', '--client', 'ap']),
    {
      code: 2,
      stdout: '',
      stderr: /no client "ap"; did you mean "app"\?/,
    },
  );
  t.match(
    await ran(commandLine('explain'), [config, 's3://vault/a/x', '--op', 'GetObject', '--prefix', 'a']),
    {
      code: 2,
      stderr: /GetObject is not a list; leave --prefix out/,
    },
  );
});

t.test('the grant that is proposed allows the request', async (t) => {
  const base = CONFIG.replace('PROVIDER', 'aws').replace('    auth: none\n', '') + GRANTS;
  const withGrant = (isAnonymous: boolean, grant = '') =>
    base.replace(isAnonymous ? /(anonymous: true, allow: \[)/ : /(allow: \[)/, `$1${grant}, `);
  for (const line of [
    's3://vault/a/x --op PutObject --client app',
    's3://vault/a/x --op DeleteObject --client app',
    's3://vault --op ListObjectsV2 --client app',
    's3://vault --op ListObjectsV2 --client app --prefix c/d',
    's3://vault/a/b/c --op PutObjectTagging --client app',
    's3://open-1/x --op CopyObject --from s3://open-2/y --client anonymous',
    's3://vault/a/x --op GetObject --client anonymous',
    's3://vault/a/y --op CopyObject --from s3://vault/a/x --client app',
  ]) {
    await writeFile(join(directory, 'proposed.yaml'), base);
    const { stdout } = await ask('proposed.yaml', ...line.split(' '));
    const [, grant] = /^to allow it: in allow of client \w+: - (\{.*\})$/m.exec(stdout) ?? [];
    if (line.includes('Copy') && line.includes('anonymous')) {
      t.equal(grant, undefined, 'nothing allows an anonymous client to copy');
      continue;
    }
    t.ok(grant, `${line}: ${stdout}`);
    await writeFile(join(directory, 'proposed.yaml'), withGrant(line.includes('anonymous'), grant));
    const allowed = await ask('proposed.yaml', ...line.split(' '));
    t.match(allowed, { code: 0, stdout: /^sent to:/m }, line);
  }
});
