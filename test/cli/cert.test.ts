import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo, BlockList, isIP } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type CertAsked, cert } from '../../src/cli/cert.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const files = (folder: string) => ['--cert', join(folder, 'tls.crt'), '--key', join(folder, 'tls.key')];
const run = (...args: string[]) => ran(commandLine('cert'), args);
const read = (folder: string) => new X509Certificate(readFileSync(join(folder, 'tls.crt')));

t.test('makes a pair for this machine that is signed by itself, and says what to do with it', async (t) => {
  const folder = t.testdir();
  const { code, stdout, stderr } = await run(...files(folder));
  t.strictSame([code, stderr], [0, '']);
  const made = read(folder);
  t.ok(made.verify(made.publicKey));
  t.equal(made.issuer, made.subject);
  t.notOk(made.ca, 'whoever has its key can make no other certificate');
  t.equal(made.checkHost('localhost'), 'localhost');
  for (const address of ['127.0.0.1', '::1']) t.ok(made.checkIP(address), address);
  t.equal(statSync(join(folder, 'tls.key')).mode & 0o777, 0o600);
  t.same(readdirSync(folder).toSorted(), ['tls.crt', 'tls.key'], 'no draft is left');
  t.ok(stdout.includes(made.fingerprint256));
  t.match(stdout, `AWS_CA_BUNDLE=${join(folder, 'tls.crt')}`);
  t.notMatch(stdout, /PRIVATE KEY/);
  const [, base64 = 'none'] = readFileSync(join(folder, 'tls.key'), 'utf8').split('\n');
  t.notOk(stdout.includes(base64));
});

t.test('names and addresses are those given, for so many days', async (t) => {
  const folder = t.testdir();
  const certify = commandLine<CertAsked>('cert', (asked, io) => cert(asked, io, NOW));
  const args = ['s3.example.org', '*.s3.example.org', '192.0.2.7', '2001:db8::1', '--days', '90'];
  t.equal((await ran(certify, [...args, ...files(folder)])).code, 0);
  const made = read(folder);
  t.equal(made.validFromDate.toISOString(), '2026-05-31T12:00:00.000Z');
  t.equal(made.validToDate.toISOString(), '2026-08-30T12:00:00.000Z');
  t.equal(made.checkHost('bucket.s3.example.org'), '*.s3.example.org');
  t.equal(made.checkHost('localhost'), undefined);
  for (const address of ['192.0.2.7', '2001:db8::1']) t.ok(made.checkIP(address), address);
  t.equal(made.checkIP('127.0.0.1'), undefined);
});

t.test('a name may be as long as names are', async (t) => {
  const folder = t.testdir();
  const name = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`;
  t.equal((await run(name, ...files(folder))).code, 0);
  t.equal(read(folder).checkHost(name), name);
});

t.test('what is neither a name nor an address is refused, and nothing is written', async (t) => {
  const folder = t.testdir();
  for (const wrong of [
    'a b',
    'a,CN=b',
    'exämple.org',
    '300.1.1.1',
    '-x.org',
    'https://a',
    'a..b',
    '*',
    'a.*.b',
    '[::1]',
    '*.1.2.3.4',
    '*.::1',
  ]) {
    const { code, stderr } = await run(...files(folder), '--', wrong);
    t.equal(code, 2, wrong);
    t.match(stderr, 'neither a host name nor an IP address');
  }
  for (const days of ['0', '3651', '1.5', 'x'])
    t.equal((await run(...files(folder), '--days', days)).code, 2);
  t.match(await run('--cert', 'same', '--key', './same'), { code: 2, stderr: /are the same file/ });
  t.same(readdirSync(folder), []);
});

t.test('files that exist are replaced with --force only, both or none', async (t) => {
  for (const taken of ['tls.crt', 'tls.key']) {
    const folder = t.testdir({ [taken]: 'precious' });
    const { code, stderr } = await run(...files(folder));
    t.equal(code, 1);
    t.match(stderr, new RegExp(`${taken} was not written: it exists already; --force replaces it`));
    t.same(readdirSync(folder), [taken]);
    t.equal(readFileSync(join(folder, taken), 'utf8'), 'precious');
  }
  const folder = t.testdir({});
  for (const name of ['tls.crt', 'tls.key']) writeFileSync(join(folder, name), 'old', { mode: 0o644 });
  t.equal((await run(...files(folder), '--force')).code, 0);
  t.equal(statSync(join(folder, 'tls.key')).mode & 0o777, 0o600, 'with the permissions of a new one');
  t.ok(read(folder).checkPrivateKey(createPrivateKey(readFileSync(join(folder, 'tls.key')))));
});

t.test('a pair that is in use is not torn when one of both cannot be replaced', async (t) => {
  const folder = t.testdir({ 'tls.key': 'precious', 'tls.crt': { 'is a folder': '' } });
  const { code, stderr } = await run(...files(folder), '--force');
  t.equal(code, 1);
  t.match(stderr, /tls\.crt was not written: it is a directory/);
  t.equal(readFileSync(join(folder, 'tls.key'), 'utf8'), 'precious');
  t.same(readdirSync(folder).toSorted(), ['tls.crt', 'tls.key']);
});

t.test('with --force a pair is replaced as a whole or not at all, whichever of both cannot be', async (t) => {
  const folder = t.testdir({ 'tls.crt': 'precious', 'tls.key': { 'is a folder': '' } });
  t.match(await run(...files(folder), '--force'), {
    code: 1,
    stderr: /tls\.key was not written: it is a directory/,
  });
  t.equal(readFileSync(join(folder, 'tls.crt'), 'utf8'), 'precious');
  t.same(readdirSync(folder).toSorted(), ['tls.crt', 'tls.key']);
});

t.test('links stay, and what they lead to is replaced', async (t) => {
  const folder = t.testdir({ real: {} });
  for (const name of ['tls.crt', 'tls.key']) {
    writeFileSync(join(folder, 'real', name), 'old');
    symlinkSync(join('real', name), join(folder, name));
  }
  t.equal((await run(...files(folder))).code, 1, 'without --force they exist');
  t.equal((await run(...files(folder), '--force')).code, 0);
  for (const name of ['tls.crt', 'tls.key']) t.ok(lstatSync(join(folder, name)).isSymbolicLink(), name);
  t.ok(
    read(join(folder, 'real')).checkPrivateKey(
      createPrivateKey(readFileSync(join(folder, 'real', 'tls.key'))),
    ),
  );
  t.same(readdirSync(join(folder, 'real')).toSorted(), ['tls.crt', 'tls.key']);
});

t.test(
  'a pipe, a link to nothing, or one file by two names is refused, and nothing is written',
  async (t) => {
    const folder = t.testdir({ 'tls.crt': 'precious' });
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const refused: [make: () => void, code: number, says: RegExp][] = [
      [() => execFileSync('mkfifo', [keyFile]), 1, /tls\.key was not written: it is not a regular file/],
      [() => symlinkSync('none', keyFile), 1, /it is a symbolic link to a file that is not there/],
      [() => symlinkSync('tls.crt', keyFile), 2, /--cert and --key are the same file/],
    ];
    for (const [make, code, says] of refused) {
      make();
      const kind = lstatSync(keyFile).mode;
      t.match(await run(...files(folder), '--force'), { code, stderr: says });
      t.equal(lstatSync(keyFile).mode, kind);
      t.equal(readFileSync(certFile, 'utf8'), 'precious');
      rmSync(keyFile);
    }
  },
);

t.test('an address is certified as it is meant, however it is written', async (t) => {
  const folder = t.testdir();
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const written = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
    fc
      .tuple(fc.constantFrom('::ffff:', '64:ff9b::', '::', '1:2:3:4:5:6:'), fc.ipV4())
      .map((both) => both.join('')),
  );
  const bytes = (address: string) => {
    const list = new BlockList();
    list.addAddress(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
    return list;
  };
  await fc.assert(
    fc.asyncProperty(written, async (address) => {
      const made = await run(address, ...files(folder), '--force');
      if (made.code !== 0) throw new Error(made.stderr);
      const names = read(folder).subjectAltName ?? '';
      const [, is = ''] = /^IP Address:(\S+)$/.exec(names) ?? [];
      return bytes(address).check(is, isIP(is) === 4 ? 'ipv4' : 'ipv6') && isIP(is) === isIP(address);
    }),
    { numRuns: 40 },
  );
  for (const address of ['::ffff:1.2.3.4', '64:ff9b::1.2.3.4', '1.2.3.4']) {
    t.equal((await run(address, ...files(folder), '--force')).code, 0);
    t.match(read(folder).subjectAltName, EXPECTED[address]);
  }
  t.match(await run('fe80::1%eth0', ...files(folder), '--force'), {
    code: 2,
    stderr: /"fe80::1%eth0" has a zone, which a certificate can't hold/,
  });
});

const EXPECTED: Readonly<Record<string, string>> = {
  '::ffff:1.2.3.4': 'IP Address:0:0:0:0:0:FFFF:102:304',
  '64:ff9b::1.2.3.4': 'IP Address:64:FF9B:0:0:0:0:102:304',
  '1.2.3.4': 'IP Address:1.2.3.4',
};

t.test('a folder that is not there is an error', async (t) => {
  const { code, stderr } = await run(...files(join(t.testdir(), 'none')));
  t.equal(code, 1);
  t.match(stderr, /tls\.crt was not written: no such file/);
});

/** Each has a mind of its own about certificates that sign themselves. */
const CLIENTS: readonly {
  readonly name: string;
  readonly command: (port: number, ca: string) => readonly string[];
}[] = [
  { name: 'curl', command: (port, ca) => ['curl', '-sS', '--cacert', ca, `https://localhost:${port}/`] },
  {
    name: 'openssl',
    command: (_port, ca) => ['openssl', 'verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, ca],
  },
  {
    name: 'python3',
    command: (port, ca) => [
      'python3',
      '-c',
      'import ssl, sys, urllib.request as u\nc = ssl.create_default_context(cafile=sys.argv[2])\nc.verify_flags |= ssl.VERIFY_X509_STRICT\nu.urlopen("https://127.0.0.1:" + sys.argv[1], context=c).read()',
      String(port),
      ca,
    ],
  },
];

/** A server with the pair in a folder; its port. */
async function serve(t: Test, folder: string): Promise<number> {
  const [certificate, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(join(folder, name)));
  const server = https.createServer({ cert: certificate, key }, (_request, response) => response.end('hi'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

t.test('serves TLS to who trusts it, and to nobody else', async (t) => {
  const folder = t.testdir();
  await run(...files(folder));
  const port = await serve(t, folder);
  const ca = readFileSync(join(folder, 'tls.crt'), 'utf8');
  const to = { port, host: '127.0.0.1', servername: 'localhost' };
  const client = tls.connect({ ...to, ca });
  await once(client, 'secureConnect');
  client.destroy();
  await t.rejects(once(tls.connect(to), 'secureConnect'), /self.signed certificate/);
});

for (const { name, command } of CLIENTS) {
  const missing = spawnSync(name, ['--version']).error ? `there is no ${name} on this machine` : false;
  t.test(`${name} trusts it`, { skip: missing }, async (t) => {
    const folder = t.testdir();
    await run(...files(folder));
    const [program = '', ...args] = command(await serve(t, folder), join(folder, 'tls.crt'));
    const child = spawn(program, args);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const [code] = (await once(child, 'close')) as [number];
    t.equal(code, 0, said);
  });
}
