import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
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

t.test('a pair that is in use is not torn when one of both can not be replaced', async (t) => {
  const folder = t.testdir({ 'tls.key': 'precious', 'tls.crt': { 'is a folder': '' } });
  const { code, stderr } = await run(...files(folder), '--force');
  t.equal(code, 1);
  t.match(stderr, /tls\.crt was not written: it is a directory/);
  t.equal(readFileSync(join(folder, 'tls.key'), 'utf8'), 'precious');
  t.same(readdirSync(folder).toSorted(), ['tls.crt', 'tls.key']);
});

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
