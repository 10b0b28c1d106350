import t, { type Test } from 'tap';
import { ENV, FILES, load, MINIMAL, makePair, testKey } from './fixture.ts';

/** The one line that mentions `path`, for tests that break one thing. */
async function only(t: Test, text: string, options?: Parameters<typeof load>[1]): Promise<string> {
  const { lines } = await load(text, options);
  t.equal(lines.length, 1, `one problem: ${lines.join(' | ')}`);
  return lines[0] ?? '';
}

t.test('a small config has no problems and its defaults', async (t) => {
  const { snapshot, lines } = await load(MINIMAL);
  t.strictSame(lines, []);
  t.match(snapshot, {
    listeners: [{ host: '127.0.0.1', port: 0, auth: 'sigv4' }],
    admin: { host: '127.0.0.1', port: 8990 },
    region: 'any',
    limits: { drain: 30_000 },
    logLevel: 'info',
  });
  t.strictSame(snapshot?.upstream.timeouts, {
    connect: 5_000,
    headers: 120_000,
    idle: 60_000,
    document: 60_000,
    late: 3_600_000,
    keepAlive: 4_000,
  });
});

t.test('every problem is reported at once, in the order of the file, each with place and fix', async (t) => {
  const { snapshot, lines } = await load(
    `listn: []
listen:
  - address: 0.0.0.0:8080
    auth: sigv5
upstream:
  endpoint: http://s3.example.org
  region: 12
  credentials: { accessKeyId: { env: NOWHERE }, secretAccessKey: { file: gone } }
clients:
  - { accessKeyId: app, secretAccessKey: { env: APP_SECRET } }
keys:
  vault: { file: keys/vault, fingerprint: "00000000000000000000000000000000" }
  spare: { fil: x }
rules:
  - match: { bucket: backups }
    encrypt: [valt]
  - match: { bucket: "Bad Bucket" }
    encrypt: false
default: allow
`,
  );
  t.equal(snapshot, undefined);
  const starts = [
    'error: listn: unknown field (config.yaml:1:1); did you mean "listen"?',
    'error: listen[0].address: plain HTTP on an address that is not loopback (config.yaml:3:14); add tls',
    'error: listen[0].auth: must be one of sigv4, none (config.yaml:4:11); did you mean "sigv4"?',
    'error: upstream.endpoint: SSE-C keys would cross the network in clear text over http:// (config.yaml:6:13)',
    'error: upstream.region: must be a string, not a number (config.yaml:7:11); put it in quotes',
    'error: upstream.credentials.accessKeyId.env: the environment variable NOWHERE is not set (config.yaml:8:38)',
    'error: upstream.credentials.secretAccessKey.file: /etc/proxy/gone cannot be read: no such file (config',
    "error: keys.vault.file: the key's fingerprint is ",
    'error: keys.spare: has no source for the key (config.yaml:13:3); add one of',
    'error: keys.spare.fil: unknown field (config.yaml:13:12); did you mean "file"?',
    'error: rules[0].encrypt[0]: unknown key "valt" (config.yaml:16:15); did you mean "vault"?',
    'error: rules[1].match.bucket: has characters that no bucket name has (config.yaml:17:22)',
    'error: rules[1].encrypt: must be written off, not false (config.yaml:18:14)',
    'error: default: must be one of deny, pass (config.yaml:19:10)',
  ];
  t.equal(lines.length, starts.length, lines.join('\n'));
  for (const [index, start] of starts.entries())
    t.ok(lines[index]?.startsWith(start), lines[index] ?? 'no line');
});

t.test('off is a string in YAML 1.2, not false', async (t) => {
  const { snapshot } = await load(MINIMAL.replace('encrypt: [vault]', 'encrypt: off'));
  t.strictSame(snapshot?.rules.rules[0]?.encryption, { kind: 'off' });
});

t.test('a problem never quotes a secret', async (t) => {
  const secret = 'hunter2hunter2';
  const texts = [
    MINIMAL.replace('{ env: UP_SECRET }', `{ env: ${secret} }`),
    MINIMAL.replace('{ env: UP_SECRET }', `{ env: "${secret}!" }`),
    MINIMAL.replace('{ env: UP_SECRET }', `{ value: ${secret} }`),
    MINIMAL.replace('{ env: UP_SECRET }', `[${secret}]`),
    MINIMAL.replace('{ env: UP_SECRET }', secret),
    MINIMAL.replace('{ env: UP_SECRET }', `"${secret}`),
    MINIMAL.replace('{ env: UP_SECRET }', `@${secret}`),
    MINIMAL.replace('{ env: UP_SECRET }', `*${secret}`),
    MINIMAL.replace('{ env: UP_SECRET }', `!${secret} x`),
    MINIMAL.replace('https://', `https://me:${secret}@`),
    MINIMAL.replace('region: eu-test-1', `region: "${secret} ${secret}"`),
  ];
  for (const text of texts) {
    const { lines } = await load(text);
    t.ok(lines.length > 0, text.slice(60, 200));
    t.notMatch(lines.join('\n'), /hunter2/);
  }
});

t.test('a secret is exactly one of a string, env or file', async (t) => {
  const both = MINIMAL.replace('{ env: UP_SECRET }', '{ env: UP_SECRET, file: x }');
  t.match(await only(t, both), 'must be exactly one of a string, { env: NAME } or { file: PATH }');
  const literal = MINIMAL.replace('{ env: UP_SECRET }', 'plain');
  t.match(
    await only(t, literal),
    /^warning: upstream.credentials.secretAccessKey: a secret is in the config/,
  );
});

t.test('one newline at the end of a secret file is cut, and no more', async (t) => {
  const text = MINIMAL.replace('{ env: UP_SECRET }', '{ file: up }');
  const reveal = async (content: string) => {
    const { snapshot } = await load(text, { files: { ...FILES, '/etc/proxy/up': content } });
    return snapshot?.upstream.credentials.secretAccessKey.reveal();
  };
  t.equal(await reveal('s3\n'), 's3');
  t.equal(await reveal('s3\r\n'), 's3');
  t.equal(await reveal('s3\n\n'), 's3\n');
  t.equal(await reveal(' s3 '), ' s3 ');
  const empty = { files: { ...FILES, '/etc/proxy/up': '\n' } };
  t.match(await only(t, text, empty), 'secretAccessKey.file: the secret is empty');
});

t.test('an empty environment variable is an empty secret', async (t) => {
  t.match(
    await only(t, MINIMAL, { env: { ...ENV, APP_SECRET: '' } }),
    'clients[0].secretAccessKey.env: the secret',
  );
});

t.test('a key or secret file that others can read gets a warning with the fix', async (t) => {
  const files = { '/etc/proxy/keys/vault': { text: `${'k'.repeat(31)}x`, mode: 0o644 } };
  t.match(
    await only(t, MINIMAL, { files }),
    /^warning: keys.vault.file: others .* \(mode 0644\) .*chmod 600 .*defaultMode: 0400/,
  );
});

t.test('a missing field is reported at its parent', async (t) => {
  t.match(
    await only(t, MINIMAL.replace('  region: eu-test-1\n', '')),
    'upstream.region: is missing (config.yaml:3:1)',
  );
});

t.test('YAML that is broken, tagged, repeated or a bomb is an error with its place', async (t) => {
  const cases: [string, RegExp][] = [
    [`${MINIMAL}default: deny\ndefault: pass\n`, /the same section has the field twice.*:15:1\)/],
    ['listen: [', /\(config.yaml:1:/],
    ['a: !secret x', /tags .* are not supported/],
    ['a: 1\n---\nb: 2\n', /only one document/],
    ['listen: *nothing\n', /is an alias in YAML, and it has no anchor before it/],
    ['', /must be a section of fields, but is empty/],
    ['- 1\n', /must be a section of fields, not a list/],
    [bomb(), /aliases repeat too much/],
  ];
  for (const [text, expected] of cases) {
    const { snapshot, lines } = await load(text);
    t.match(lines.join('\n'), expected);
    t.equal(snapshot, undefined);
  }
});

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `b${i + 1}: &b${i + 1} [${`*b${i},`.repeat(9)}]`);
  return `b0: &b0 [1,1,1]\n${levels.join('\n')}\n`;
}

t.test('an alias may repeat a section, and its problems are placed where it is written', async (t) => {
  const text = MINIMAL.replace('{ env: APP_SECRET }', '&s { env: APP_SECRET }').replace(
    '{ env: UP_SECRET }',
    '{ env: UP_SECRET }',
  );
  const twice = text.replace('keys:\n', '  - { accessKeyId: other, secretAccessKey: *s }\nkeys:\n');
  const { snapshot } = await load(twice);
  t.equal(snapshot?.clients.get('other')?.secretAccessKey.reveal(), ENV.APP_SECRET);
});

t.test('clients map to the upstream by default, to themselves, or to a pair of their own', async (t) => {
  const more = `  - { accessKeyId: me, secretAccessKey: { env: APP_SECRET }, upstream: same }
  - accessKeyId: pair
    secretAccessKey: { env: APP_SECRET }
    upstream: { accessKeyId: theirs, secretAccessKey: { env: UP_SECRET } }
keys:
`;
  const { snapshot, lines } = await load(MINIMAL.replace('keys:\n', more));
  t.strictSame(lines, []);
  const ids = ['app', 'me', 'pair'].map(
    (id) => snapshot?.clients.get(id)?.signers.get('upstream')?.accessKeyId,
  );
  t.strictSame(ids, [undefined, 'me', 'theirs']);
  const twin = MINIMAL.replace(
    'keys:\n',
    '  - { accessKeyId: app, secretAccessKey: { env: UP_SECRET } }\nkeys:\n',
  );
  t.match(await only(t, twin), 'clients[1].accessKeyId: clients[0] already has this access key id');
});

t.test('TLS: the pair is read, must match, and gets a warning when expired', async (t) => {
  const [pair, other, old] = await Promise.all([
    makePair(),
    makePair(),
    makePair('2020-01-01', '2021-01-01'),
  ]);
  const text = MINIMAL.replace('127.0.0.1:0', '0.0.0.0:0\n    tls: { cert: c.pem, key: k.pem }');
  const files = (cert: string, key: string) => ({
    files: { ...FILES, '/etc/proxy/c.pem': cert, '/etc/proxy/k.pem': key },
  });
  const good = await load(text, files(pair.cert, pair.key));
  t.strictSame(good.lines, []);
  t.strictSame(good.snapshot?.listeners[0]?.tls, { cert: pair.cert, key: pair.key });
  t.match(await only(t, text, files(pair.cert, other.key)), 'does not belong to the certificate');
  t.match(
    await only(t, text, files('nonsense', pair.key)),
    'listen[0].tls.cert: the file has no certificate',
  );
  t.match(
    await only(t, text, files(pair.cert, 'nonsense')),
    'listen[0].tls.key: the file has no private key',
  );
  t.match(await only(t, text, files(old.cert, old.key)), /^warning: .* expired on 2021-01-01/);
  const broken = text.replace('{ cert: c.pem, key: k.pem }', 'yes');
  t.match(await only(t, broken), 'listen[0].tls: must be a section of fields, not a string');
});

t.test('a CA file must hold certificates', async (t) => {
  const text = MINIMAL.replace('  region', '  ca: ca.pem\n  region');
  const { cert } = await makePair();
  const { snapshot } = await load(text, { files: { ...FILES, '/etc/proxy/ca.pem': `${cert}\n${cert}` } });
  t.equal(snapshot?.upstream.ca, `${cert}\n${cert}`);
  for (const broken of ['x', `${cert}\n${cert.slice(0, 300)}`, `${cert.slice(0, 300)}\n${cert}`]) {
    const files = { ...FILES, '/etc/proxy/ca.pem': broken };
    t.match(await only(t, text, { files }), 'upstream.ca: the file has no certificate');
  }
});

t.test('a config that cannot be read is a problem, not an exception', async (t) => {
  const { loadConfig } = await import('../../src/snapshot/load.ts');
  const gone = await loadConfig(`${t.testdirName}/none.yaml`);
  t.match(gone, { snapshot: undefined, problems: [{ message: 'the config cannot be read: no such file' }] });
  const folder = t.testdir({
    'latin1.yaml': Buffer.from([0x61, 0xff]),
    'utf16.yaml': Buffer.from('\ufefflisten: []\n', 'utf16le'),
  });
  t.match(await loadConfig(`${folder}/utf16.yaml`), {
    problems: [{ message: 'the config is UTF-16, not UTF-8 text', fix: 'save it as UTF-8' }],
  });
  t.match(await loadConfig(folder), { problems: [{ message: /directory|regular/ }] });
  t.match(await loadConfig(`${folder}/latin1.yaml`), { problems: [{ message: /not UTF-8/ }] });
});

t.test('files are read from the disk relative to the config, with their modes', async (t) => {
  const { loadConfig } = await import('../../src/snapshot/load.ts');
  const { chmodSync } = await import('node:fs');
  const folder = t.testdir({ 'config.yaml': MINIMAL, keys: { vault: testKey('vault') } });
  chmodSync(`${folder}/keys/vault`, 0o600);
  const { snapshot, problems } = await loadConfig(`${folder}/config.yaml`, { env: ENV });
  t.strictSame(problems, []);
  t.ok(snapshot);
  chmodSync(`${folder}/keys/vault`, 0o440);
  t.strictSame((await loadConfig(`${folder}/config.yaml`, { env: ENV })).problems, [], 'an fsGroup may read');
  chmodSync(`${folder}/keys/vault`, 0o404);
  const warned = await loadConfig(`${folder}/config.yaml`, { env: ENV });
  t.match(warned.problems, [{ severity: 'warning', path: 'keys.vault.file', message: /mode 0404/ }]);
});
