import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { Both } from './both-answers.ts';
import { dnsServer, type Reply } from './dns-server.ts';
import { POD } from './machine.ts';

/** getaddrinfo reads no other files than these, and asks port 53 only: each process has an address of its own. */
const SERVER = `127.77.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}`;
const CONF = `nameserver ${SERVER}\noptions timeout:5 attempts:1\n`;
const HOSTS = `127.0.0.1 localhost
::1 localhost ip6-localhost
192.0.2.1\tStore.test alias.test # comment.test
192.0.2.2 store.test
2001:db8::1 six.test
192.0.2.3 mixed.test
fd00::3 mixed.test
#192.0.2.4 off.test
192.0.2.5 short
`;

const REPLIES: Readonly<Record<string, Reply>> = {
  'both.test': { A: ['192.0.2.11', '192.0.2.12'], AAAA: ['2001:db8::11'] },
  'local.test': { A: ['192.0.2.13'], AAAA: ['fd00::13'] },
  'cname.test': { A: ['192.0.2.14'], CNAME: 'real.test' },
  'v4.test': { A: ['192.0.2.15'] },
  'v6.test': { AAAA: ['fd00::15'] },
  'large.test': { A: Array.from({ length: 40 }, (_, i) => `192.0.2.${100 + i}`), truncated: true },
  'store.ns.svc.cluster.local': { A: ['10.0.0.1'] },
  's3.example.net': { A: ['192.0.2.16'] },
  's3.example.net.corp.test': { A: ['192.0.2.17'] },
  'first.a.test': { A: ['192.0.2.18'] },
  'first.b.test': { A: ['192.0.2.19'] },
  'second.b.test': { A: ['192.0.2.20'] },
  'off.test': { A: ['192.0.2.21'] },
  'six.test': { A: ['192.0.2.22'] },
  'xn--bcher-kva.test': { A: ['192.0.2.23'] },
  'empty.test': {},
  'failing.test': 'SERVFAIL',
  'hidden.fails.test': 'SERVFAIL',
  'hidden.b.test': { A: ['192.0.2.24'] },
  'short.b.test': { A: ['192.0.2.25'] },
  'slow.test': { A: ['192.0.2.26'], delay: 300 },
  'hanging.test': 'hang',
};

interface Case {
  readonly resolvConf: string;
  readonly names: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  'a plain machine': {
    resolvConf: CONF,
    names: [
      'localhost',
      'ip6-localhost',
      'store.test',
      'STORE.TEST',
      'alias.test',
      'six.test',
      'mixed.test',
      'comment.test',
      'off.test',
      'short',
      'both.test',
      'local.test',
      'cname.test',
      'v4.test',
      'v6.test',
      'large.test',
      'empty.test',
      'unknown.test',
      'failing.test',
      'slow.test',
      'both.test.',
      'store.test.',
      '127.0.0.1',
      '127.1',
      '::1',
      '2001:db8::7',
      '1.2.3.4.5',
      'a..b',
      'bücher.test',
      `${'a'.repeat(64)}.test`,
    ],
  },
  'a pod': {
    resolvConf: `${POD.replace('127.0.0.1', SERVER)}options timeout:5 attempts:1\n`,
    names: ['store', 's3.example.net', 's3.example.net.', 'store.ns.svc.cluster.local', 'unknown', 'v4.test'],
  },
  'a search list': {
    resolvConf: `${CONF}search a.test b.test\n`,
    names: ['first', 'second', 'third', 'short', 'v4.test', 'first.', 'second.b.test'],
  },
  'a search list with a domain that fails': {
    resolvConf: `${CONF}search fails.test b.test\n`,
    names: ['hidden', 'first', 'third'],
  },
  'odd lines': {
    resolvConf: `${CONF} nameserver 192.0.2.99\nsearch a.test\ndomain b.test\noptions ndots:0\n`,
    names: ['second', 'first', 'v4.test'],
  },
  'a server that hangs': { resolvConf: CONF.replace('timeout:5', 'timeout:1'), names: ['hanging.test'] },
};

const SANDBOX = ['-m', 'sh', '-c'];

const skip = whyNot() ?? false;

/** Why it can't be compared here, or nothing. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux: only there are the files of /etc the source';
  if (process.getuid?.() !== 0) return 'needs root: getaddrinfo asks port 53 only';
  if (spawnSync('unshare', [...SANDBOX, 'mount --bind /etc/hosts /etc/hosts']).status !== 0)
    return 'needs a mount namespace (unshare -m): getaddrinfo reads /etc only';
  return undefined;
}

t.test('our resolver and getaddrinfo give the same answers', { skip }, async (t) => {
  await dnsServer(t, ({ name }) => REPLIES[name] ?? 'NXDOMAIN', { address: SERVER, port: 53 });
  for (const [title, { resolvConf, names }] of Object.entries(CASES)) {
    const both = await answersOf(t, resolvConf, names);
    for (const name of names) t.equal(both[name]?.ours, both[name]?.system, `${title}: ${name}`);
  }
  const { 'store.test': store, 'both.test': dns } = await answersOf(t, CONF, ['store.test', 'both.test']);
  t.equal(store?.system, '192.0.2.1 192.0.2.2', 'it has read our hosts file');
  t.match(dns?.system, '192.0.2.11 192.0.2.12', 'and asked our server');
});

/** In a process that sees files of its own in `/etc`. */
async function answersOf(
  t: { teardown(end: () => unknown): void },
  resolvConf: string,
  names: readonly string[],
): Promise<Readonly<Record<string, Both>>> {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const files = { hosts: HOSTS, 'resolv.conf': resolvConf, 'nsswitch.conf': 'hosts: files dns\n' };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const mounts = Object.keys(files).map((file) => `mount --bind ${join(folder, file)} /etc/${file}`);
  const child = [process.execPath, join(import.meta.dirname, 'both-answers.ts')];
  const script = `${mounts.join(' && ')} && exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('unshare', [...SANDBOX, script, ...child, ...names]);
  return JSON.parse(stdout) as Record<string, Both>;
}
