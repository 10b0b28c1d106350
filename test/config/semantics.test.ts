import t, { type Test } from 'tap';
import { FILES, load, MINIMAL, testKey } from './fixture.ts';

async function expectLines(t: Test, text: string, expected: readonly (string | RegExp)[], files = FILES) {
  const { lines } = await load(text, { files });
  t.equal(lines.length, expected.length, lines.join(' | '));
  for (const [index, line] of expected.entries()) t.match(lines[index], line);
}

const listen = (yaml: string) => MINIMAL.replace('  - address: 127.0.0.1:0', yaml);
const endpoint = (url: string) => MINIMAL.replace('https://s3.example.org', url);
const rules = (yaml: string) => MINIMAL.replace(/ {2}- match[\s\S]*$/, yaml);

t.test('plain HTTP needs loopback or insecure: true', async (t) => {
  for (const address of ['127.0.0.1:0', '127.9.9.9:0', '"[::1]:0"', 'localhost:0']) {
    await expectLines(t, listen(`  - address: ${address}`), []);
  }
  for (const address of ['0.0.0.0:0', '"[::]:0"', '10.0.0.1:0', 'proxy.example:0']) {
    await expectLines(t, listen(`  - address: ${address}`), [
      'plain HTTP on an address that is not loopback',
    ]);
    await expectLines(t, listen(`  - { address: ${address}, insecure: true }`), []);
  }
});

t.test('auth: none is for loopback only, insecure or not', async (t) => {
  const open = (address: string) => listen(address).replace(/clients:\n.*\n/, '');
  await expectLines(t, open('  - { address: 127.0.0.1:0, auth: none }'), []);
  await expectLines(t, open('  - { address: 0.0.0.0:0, auth: none, insecure: true }'), [
    'listen[0].auth: auth: none is for loopback addresses only',
  ]);
});

t.test('an address is host and port', async (t) => {
  for (const address of [
    ':8443',
    '8443',
    '127.0.0.1',
    '127.0.0.1:65536',
    '::1:80',
    '"[1.2.3.4]:80"',
    '1.2.3:80',
  ]) {
    await expectLines(t, listen(`  - address: ${address}`), [/^error: listen\[0\].address: must be/]);
  }
});

t.test('two listeners cannot have the same address, the admin included', async (t) => {
  const two = (a: string, b: string) => listen(`  - address: ${a}\n  - { address: ${b}, insecure: true }`);
  await expectLines(t, two('127.0.0.1:81', '127.0.0.1:81'), [
    'listen[1].address: listen[0] already has this address',
  ]);
  await expectLines(t, two('127.0.0.1:81', '0.0.0.0:81'), [
    'listen[1].address: listen[0] already has this address',
  ]);
  await expectLines(t, two('127.0.0.1:81', '127.0.0.2:81'), []);
  await expectLines(t, two('127.0.0.1:0', '127.0.0.1:0'), []);
  await expectLines(t, two('127.0.0.1:81', '127.0.0.1:8990'), [/listen\[1\] already has this address/]);
});

t.test('a sigv4 listener needs clients, one without authentication does not', async (t) => {
  const none = MINIMAL.replace(/clients:\n.*\n/, '');
  await expectLines(t, none, ['clients: there are no clients']);
  await expectLines(t, none.replace('127.0.0.1:0', '127.0.0.1:0\n    auth: none'), []);
});

t.test('domains are host names, in any case, once', async (t) => {
  const { snapshot } = await load(`${MINIMAL}domains: [S3.Example.COM]\n`);
  t.strictSame(snapshot?.domains, ['s3.example.com']);
  for (const domain of ['https://a.b', '"*.a.b"', 'a_b', '1.2.3.4', 'a.b:443', '"-a.b"', 'a..b', '""']) {
    await expectLines(t, `${MINIMAL}domains: [${domain}]\n`, ['domains[0]: is not a host name']);
  }
  await expectLines(t, `${MINIMAL}domains: [a.b, A.b]\n`, ['domains[1]: the domain is in the list twice']);
});

t.test('a custom domain is the host name of one bucket, and nothing that domains address', async (t) => {
  const { snapshot } = await load(`${MINIMAL}customDomains: { Files.Example.COM: b0b }\n`);
  t.strictSame([...(snapshot?.customDomains ?? [])], [['files.example.com', 'b0b']]);
  t.equal((await load(MINIMAL)).snapshot?.customDomains, undefined);
  for (const name of ['https://a.b', '*.a.b', '10.0.0.1', 'a.b:80'])
    await expectLines(t, `${MINIMAL}customDomains: { "${name}": b0b }\n`, [`is not a host name`]);
  await expectLines(t, `${MINIMAL}customDomains: { a.b: No_bucket }\n`, [
    'the value is not the name of a bucket',
  ]);
  await expectLines(t, `${MINIMAL}customDomains: { a.b: one, A.b: two }\n`, ['the domain is there twice']);
  for (const domain of ['a.b', 'b'])
    await expectLines(t, `${MINIMAL}domains: [${domain}]\ncustomDomains: { a.b: one }\n`, [
      'is one of domains',
    ]);
});

t.test('the endpoint is https and nothing but scheme, host, port and path', async (t) => {
  const refused: [string, string][] = [
    ['s3.example.org', 'must begin with https://'],
    ['ftp://s3.example.org', 'must begin with https://'],
    ['https:///x', 'must begin with https://'],
    ['https://me@s3.example.org', 'has user info'],
    ['https://s3.example.org/?', 'has a query'],
    ['"https://s3.example.org/#"', 'has a fragment'],
    ['"https://s3.example.org/a b"', 'has a space'],
    ['https://s3.example.org:99999', 'is not a URL'],
    ['http://127.0.0.1:9000', 'SSE-C keys would cross the network in clear'],
  ];
  for (const [url, message] of refused)
    await expectLines(t, endpoint(url), [`upstream.endpoint: ${message}`]);
  await expectLines(t, endpoint('http://127.0.0.1:9000\n  insecure: true'), []);
});

t.test('virtual addressing needs a host name', async (t) => {
  const foreign = 'provider: aws, but the host is not one of AWS';
  await expectLines(t, endpoint('https://10.0.0.1\n  provider: aws'), [
    'this host is an IP address',
    foreign,
  ]);
  await expectLines(t, endpoint('https://10.0.0.1\n  provider: aws\n  addressing: path'), [foreign]);
  await expectLines(t, endpoint('"https://[::1]"\n  addressing: virtual'), ['this host is an IP address']);
});

t.test('durations have a unit and a bound', async (t) => {
  for (const drain of ['30', '"30"', '0s', '25h', '1.5s', '-1s', 'soon']) {
    await expectLines(t, `${MINIMAL}drain: ${drain}\n`, [/^error: drain: must be a duration/]);
  }
  const { snapshot } = await load(`${MINIMAL}drain: 1500ms\n`);
  t.equal(snapshot?.limits.drain, 1500);
});

t.test('rules that tie are an error that names both', async (t) => {
  const tie = (a: string, b: string) =>
    rules(`  - { match: ${a}, encrypt: [vault] }\n  - { match: ${b}, encrypt: [vault] }\n`);
  await expectLines(t, tie('{ bucket: aaa }', '{ bucket: aaa }'), [
    'rules[1].match: ties with rules[0]: both match a bucket such as "aaa" with no prefix',
  ]);
  await expectLines(t, tie('{ bucket: "a*", prefix: p/ }', '{ bucket: "*b", prefix: p/ }'), [
    'ties with rules[0]: both match a bucket such as "ab" with the same prefix',
  ]);
  await expectLines(t, tie('{ bucket: aaa, prefix: x }', '{ bucket: aaa, prefix: "y" }'), []);
  await expectLines(t, tie('{ bucket: "a*" }', '{ bucket: "b*" }'), []);
  await expectLines(t, tie('{ bucket: aaa }', '{ bucket: "a*" }'), []);
});

t.test('an off inside the area of an encrypting rule is a warning', async (t) => {
  const pair = (encrypting: string, off: string) =>
    rules(`  - { match: ${encrypting}, encrypt: [vault] }\n  - { match: ${off}, encrypt: off }\n`);
  const warned = [
    /^warning: rules\[1\].encrypt: off leaves objects unencrypted that rules\[0\] would encrypt/,
  ];
  await expectLines(t, pair('{ bucket: aaa }', '{ bucket: aaa, prefix: tmp/ }'), warned);
  await expectLines(t, pair('{ bucket: "a*" }', '{ bucket: aaa }'), warned);
  await expectLines(t, pair('{ bucket: "a*", prefix: x/ }', '{ bucket: aaa }'), warned);
  await expectLines(t, pair('{ bucket: aaa }', '{ bucket: "a*", prefix: tmp/ }'), []);
  await expectLines(t, pair('{ bucket: aaa, prefix: x/ }', '{ bucket: aaa }'), []);
  await expectLines(t, pair('{ bucket: aaa, prefix: x/ }', '{ bucket: aaa, prefix: y/ }'), []);
});

t.test('a bucket pattern can match a bucket', async (t) => {
  const bucket = (pattern: string) => rules(`  - { match: { bucket: "${pattern}" }, encrypt: [vault] }\n`);
  for (const good of ['abc', 'a.b-c', 'Legacy_Bucket', '*', '?b*', 'a'.repeat(63)]) {
    await expectLines(t, bucket(good), []);
  }
  for (const bad of ['ab', '-abc', 'a/b', 'a b', 'a[bc]', 'a'.repeat(64), `*${'a'.repeat(64)}`, '']) {
    await expectLines(t, bucket(bad), [/^error: rules\[0\].match.bucket: /]);
  }
});

t.test('prefixes that look like a mistake get a warning', async (t) => {
  const prefix = (text: string) =>
    rules(`  - { match: { bucket: abc, prefix: ${text} }, encrypt: [vault] }\n`);
  await expectLines(t, prefix('/velero/'), [/^warning: .*begins with "\/"/]);
  await expectLines(t, prefix('"velero/*"'), [/^warning: .*a prefix is not a glob/]);
  await expectLines(t, prefix('"\\ud800"'), [/^error: .*is not valid Unicode/]);
});

t.test('a ring has known keys, each once, and at least one', async (t) => {
  const ring = (ids: string) => MINIMAL.replace('[vault]', ids);
  await expectLines(t, ring('[vault, vault]'), ['rules[0].encrypt[1]: key "vault" is in the ring twice']);
  await expectLines(t, ring('[]'), ['rules[0].encrypt: must have at least one key id']);
  await expectLines(t, ring('vault'), ['rules[0].encrypt: must be a list of key ids']);
});

t.test(
  'a ring entry may say how the key is derived, and may have the same key once per derivation',
  async (t) => {
    const ring = (entries: string) => MINIMAL.replace('[vault]', entries);
    await expectLines(
      t,
      ring('[{ key: vault, derive: object, context: x }, { key: vault, derive: object }, vault]'),
      [],
    );
    await expectLines(t, ring('[{ key: vault, derive: object }, { key: vault, derive: object }]'), [
      'rules[0].encrypt[1]: key "vault" is in the ring twice',
    ]);
    await expectLines(t, ring('[{ key: valt, derive: object }]'), [
      'rules[0].encrypt[0]: unknown key "valt"',
    ]);
    await expectLines(t, ring('[{ key: vault, context: x }]'), [
      'rules[0].encrypt[0].context: has no effect without derive: object',
    ]);
    await expectLines(t, ring('[{ key: vault, derive: objekt }]'), [
      'rules[0].encrypt: must be a list of key ids',
    ]);
  },
);

t.test('writesFrom is a time with its offset, ten minutes ahead or past', async (t) => {
  const withTime = (time: string) =>
    MINIMAL.replace('rules:', `  next: { file: keys/next, writesFrom: ${time} }\nrules:`).replace(
      '[vault]',
      '[next, vault]',
    );
  const files = { ...FILES, '/etc/proxy/keys/next': testKey('next') };
  for (const good of ['2026-06-01T00:10:00Z', '2026-06-01T02:30:00+02:00', '2025-01-01T00:00:00Z']) {
    await expectLines(t, withTime(good), [], files);
  }
  for (const bad of ['2026-06-01', '2026-06-01T01:00:00', 'tomorrow', '2026-02-30T00:00:00Z']) {
    await expectLines(
      t,
      withTime(bad),
      [/^error: keys.next.writesFrom: must be a time with its offset/],
      files,
    );
  }
  await expectLines(
    t,
    withTime('2026-06-01T00:09:59Z'),
    [/^warning: keys.next.writesFrom: is less than 10 minutes ahead/],
    files,
  );
});

t.test('a ring in which no key writes yet is an error', async (t) => {
  const waiting = MINIMAL.replace(/( {2}vault: \{[^}]*)\}/, '$1, writesFrom: 2026-07-01T00:00:00Z }');
  await expectLines(t, waiting, ['rules[0].encrypt: no key of the ring writes yet']);
});

t.test('an unused key and the same key twice are warnings', async (t) => {
  const more = MINIMAL.replace('rules:', '  spare: { file: keys/spare }\nrules:');
  const files = (bytes: Buffer) => ({ ...FILES, '/etc/proxy/keys/spare': bytes });
  const unused = /^warning: keys.spare: no rule uses this key \(config.yaml:11:3\)/;
  await expectLines(t, more, [unused], files(testKey('spare')));
  await expectLines(
    t,
    more,
    [unused, /^warning: keys.spare: is the same key as "vault"/],
    files(testKey('vault')),
  );
});

t.test('a key id is a short name', async (t) => {
  const named = MINIMAL.replaceAll('vault:', '"a b":').replace('[vault]', '["a b"]');
  await expectLines(t, named, ['keys["a b"]: an id is 1 to 64 letters']);
});

t.test('who speaks for clients is named', async (t) => {
  const front = (options: string) => listen(`  - { address: 127.0.0.1:0, ${options} }`);
  for (const name of ['proxyProtocol', 'forwardedFor'])
    await expectLines(t, front(`${name}: true`), [
      `listen[0].${name}: no load balancer is named that may speak for clients`,
    ]);
  await expectLines(t, front('proxyProtocol: true, trusted: [10.0.0.0/8, "fd00::/8", 192.0.2.1]'), []);
  await expectLines(t, front('trusted: [10.0.0.0/8]'), [/^warning: listen\[0\]\.trusted: has no effect/]);
  await expectLines(t, front('forwardedFor: true, trusted: [10.0.0.1/8]'), [
    /^warning: listen\[0\]\.trusted\[0\]: .*all of 10\.0\.0\.0\/8 is trusted.*write 10\.0\.0\.0\/8, or the address/,
  ]);
  await expectLines(t, front('forwardedFor: true, trusted: ["::/0"]'), [
    /^warning: listen\[0\]\.trusted\[0\]: everybody is trusted/,
  ]);
  for (const network of ['10.0.0.0/33', '10.0.0.0/', 'example.com', '10.0.0.1:80', '10'])
    await expectLines(t, front(`proxyProtocol: true, trusted: [${network}]`), [
      /^error: listen\[0\]\.trusted\[0\]: must be a network such as/,
    ]);
});

t.test('a client with a certificate needs a listener that asks for one', async (t) => {
  const named = (name: string) =>
    MINIMAL.replace('accessKeyId: app', `certificate: "${name}", accessKeyId: app`);
  await expectLines(t, named('DNS:app.example.com'), [
    'clients[0].certificate: no listener asks for client certificates, so nobody can be this client',
  ]);
  await expectLines(t, named('app.example.com'), [
    /^error: clients\[0\]\.certificate: must be a name with its kind/,
  ]);
});
