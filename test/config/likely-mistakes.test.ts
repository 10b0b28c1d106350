import t from 'tap';
import { ENV, FILES, load, MINIMAL, makePair, testKey } from './fixture.ts';
import { MISTAKES } from './likely-mistakes.ts';

const env = {
  ...ENV,
  SWAPPED: `AKIA${'EXAMPLE0'.repeat(2)}`,
  NAMED: 'AWS_SECRET_ACCESS_KEY=upstream-test-secret',
  JSON: '{"secret":"upstream-test-secret"}',
  LINES: 'upstream-test-secret\nand more',
};
const files = {
  ...FILES,
  '/etc/proxy/keys/vault-2': testKey('vault-2'),
  '/etc/proxy/keys/twice': Buffer.from(testKey('twice').toString('base64')).toString('base64'),
  '/etc/proxy/keys/short': testKey('short').subarray(1),
  '/etc/proxy/keys/hex': testKey('hex').toString('hex').slice(0, 32),
};

t.test('each mistake that the fields allow is found, as an error or a warning', async (t) => {
  for (const { mistake, text, severity, says } of MISTAKES) {
    const { lines } = await load(text, { env, files, strict: true });
    t.equal(lines.length, 1, `${mistake}: ${lines.join(' | ')}`);
    t.match(lines[0], says, mistake);
    t.ok(lines[0]?.startsWith(severity), `${mistake}: ${lines[0]}`);
  }
});

t.test('what cannot be right does not keep the proxy from starting where it could start', async (t) => {
  const { lines, snapshot } = await load(MINIMAL.replace('s3.example.org', 's3.example.org/backups'));
  t.match(lines, [/^warning: upstream\.endpoint: the endpoint has the bucket "backups"/]);
  t.ok(snapshot);
});

t.test('no secret is in what is said of secrets', async (t) => {
  for (const name of ['SWAPPED', 'NAMED', 'JSON', 'LINES'] as const) {
    const { lines } = await load(MINIMAL.replace('UP_SECRET', name), { env, files, strict: true });
    t.notOk(lines.join('\n').includes(env[name]), name);
    t.notMatch(lines.join('\n'), /upstream-test-secret|EXAMPLE0/);
  }
});

t.test('endpoints that are right are not doubted', async (t) => {
  const right: readonly (readonly [endpoint: string, region: string, provider: string])[] = [
    ['https://s3.eu-central-1.amazonaws.com', 'eu-central-1', 'aws'],
    ['https://s3.dualstack.eu-central-1.amazonaws.com', 'eu-central-1', 'aws'],
    ['https://s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'aws'],
    ['https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'aws'],
    ['https://s3.amazonaws.com', 'us-east-1', 'aws'],
    ['https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', 'us-east-1', 'aws'],
    ['https://fsn1.your-objectstorage.com', 'fsn1', 'hetzner'],
    ['https://obs.eu-de.otc.t-systems.com', 'eu-de', 'obs'],
    ['https://minio.storage.svc:9000', 'us-east-1', 'minio'],
    ['https://rgw.example.org:7480', 'default', 'ceph'],
    ['https://ACCOUNT.r2.cloudflarestorage.com', 'auto', 'generic'],
    ['https://127.0.0.1:9000', 'us-east-1', 'aws'],
  ];
  for (const [endpoint, region, provider] of right) {
    const text = MINIMAL.replace('https://s3.example.org', endpoint)
      .replace('eu-test-1', `${region}\n  provider: ${provider}`)
      // An address needs it; OBS refuses it.
      .replace('region:', provider === 'obs' ? 'region:' : 'addressing: path\n  region:');
    t.strictSame((await load(text, { strict: true })).lines, [], endpoint);
  }
});

t.test('a certificate that ends: in time a warning, in hours an error, by how long it lives', async (t) => {
  const text = MINIMAL.replace('127.0.0.1:0', '0.0.0.0:0\n    tls: { cert: c.pem, key: k.pem }');
  // It is 2026-06-01T00:00:00Z.
  const cases: readonly (readonly [from: string, to: string, says: RegExp | undefined])[] = [
    ['2026-01-01', '2027-01-01', undefined],
    ['2026-05-01', '2026-07-30', undefined],
    ['2026-03-20', '2026-06-18', /^warning: .*the certificate ends in 17 days, on 2026-06-18/],
    ['2026-03-20', '2026-06-01T05:00:00Z', /^error: .*the certificate ends in 5 hours/],
    ['2026-01-01', '2026-05-31', /^error: .*the certificate expired on 2026-05-31/],
    ['2026-06-02', '2027-01-01', /^error: .*not valid before 2026-06-02.*clock/],
    // One that is renewed each day.
    ['2026-05-31T18:00:00Z', '2026-06-01T18:00:00Z', undefined],
    [
      '2026-05-31T05:00:00Z',
      '2026-06-01T05:00:00Z',
      /^warning: .*the certificate ends in 5 hours, on 2026-06-01/,
    ],
    ['2026-05-31T01:00:00Z', '2026-06-01T01:00:00Z', /^error: .*the certificate ends in 1 hour /],
  ];
  for (const [from, to, says] of cases) {
    const { cert, key } = await makePair(from, to);
    const { lines } = await load(text, {
      files: { ...FILES, '/etc/proxy/c.pem': cert, '/etc/proxy/k.pem': key },
      strict: true,
    });
    t.match(lines, says === undefined ? [] : [says], `${from} ${to}`);
    t.equal(lines.length, says === undefined ? 0 : 1, `${from} ${to}: ${lines.join(' | ')}`);
  }
});

t.test('a certificate without the names that domains needs is a warning', async (t) => {
  const text = MINIMAL.replace('127.0.0.1:0', '0.0.0.0:0\n    tls: { cert: c.pem, key: k.pem }');
  const said = async (domain: string, names?: string[]) => {
    const { cert, key } = await makePair(undefined, undefined, names);
    const all = { ...FILES, '/etc/proxy/c.pem': cert, '/etc/proxy/k.pem': key };
    return (await load(`${text}domains: [${domain}]\n`, { files: all })).lines;
  };
  t.strictSame(await said('s3.example.com'), []);
  t.match(await said('other.example'), [/the certificate is not for other\.example, which domains names/]);
  t.match(await said('proxy.example'), [/the certificate is not for \*\.proxy\.example/]);
  t.match(await said('proxy.example', []), [/has no alternative names/]);
  const custom = await said('s3.example.com]\ncustomDomains: { files.example.org: files }\n#');
  t.match(custom, [/the certificate is not for files\.example\.org, which customDomains names/]);
});
