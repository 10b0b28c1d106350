import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { canonicalName } from '../../../src/upstream/names/host-name.ts';
import type { Found } from '../../../src/upstream/names/resolution.ts';
import { eventually } from '../../e2e/wire.ts';
import { dnsServer, type Reply } from './dns-server.ts';
import { interfacesOf, machine, POD } from './machine.ts';

const V4: Reply = { A: ['192.0.2.1'], ttl: 7 };
/** Answers come, however busy this process is. */
const ONE = 'nameserver 127.0.0.1\noptions timeout:5 attempts:5\n';
/** For servers that hang. */
const SHORT = 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n';

const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const textOf = ({ addresses }: Pick<Found, 'addresses'>): string =>
  addresses.map(({ address }) => address).join(' ');

t.test('what nobody has to be asked for', async (t) => {
  const { resolution, write } = machine(t, { hosts: '192.0.2.1 store.test\n2001:db8::1 six.test\n' });
  const local = (name: string): string | undefined => {
    const addresses = resolution.local(canonicalName(name));
    return addresses && textOf({ addresses });
  };
  const cases: Readonly<Record<string, string | undefined>> = {
    '192.0.2.7': '192.0.2.7',
    '2001:db8::7': '2001:db8::7',
    'fe80::1%eth0': 'fe80::1%eth0',
    '127.1': '127.0.0.1',
    'store.test': '192.0.2.1',
    'STORE.test': '192.0.2.1',
    'store.test.': undefined,
    'other.test': undefined,
    localhost: '::1 127.0.0.1',
    'localhost.': '::1 127.0.0.1',
    'a.b.LOCALHOST': '::1 127.0.0.1',
    notlocalhost: undefined,
    'localhost.test': undefined,
  };
  for (const [name, wanted] of Object.entries(cases)) t.equal(local(name), wanted, name);
  write({ hosts: '192.0.2.2 store.test\n127.0.0.5 localhost\n' });
  t.equal(local('store.test'), '192.0.2.2', 'the file has changed');
  t.equal(local('localhost'), '127.0.0.5', 'the file says what localhost is');
});

t.test('a family that the machine does not have is left out', async (t) => {
  const hosts = '192.0.2.1 both.test v4.test\n2001:db8::1 both.test v6.test\n::1 lo.test\n';
  const only = (address: string) =>
    machine(t, { hosts }, { interfaces: () => interfacesOf('127.0.0.1', '::1', address) }).resolution;
  const [four, six] = [only('192.0.2.9'), only('2001:db8::9')];
  t.equal(textOf({ addresses: four.local('both.test') ?? [] }), '192.0.2.1');
  t.equal(textOf({ addresses: six.local('both.test') ?? [] }), '2001:db8::1');
  t.equal(four.local('v6.test'), undefined, 'DNS may have an address that it can reach');
  t.equal(textOf({ addresses: four.local('lo.test') ?? [] }), '::1', 'loopback is always there');
  const dns = await dnsServer(t, () => V4);
  const { resolution } = machine(
    t,
    { resolvConf: ONE },
    { port: dns.port, interfaces: () => interfacesOf('127.0.0.1', '192.0.2.9') },
  );
  await resolution.remote('store.test', soon());
  t.strictSame(
    dns.questions.map(({ type }) => type),
    ['A'],
  );
});

t.test('what is no host name is refused, and nobody is asked', async (t) => {
  const long = `${'a'.repeat(60)}.`.repeat(5);
  for (const name of [
    '',
    '.',
    'a..b',
    'a b',
    '1.2.3.4.5',
    `${'a'.repeat(64)}.test`,
    long,
    'a'.repeat(100_000),
  ])
    t.throws(
      () => canonicalName(name),
      { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
      name.slice(0, 20) || 'nothing',
    );
  t.equal(canonicalName('Bücher.test'), 'xn--bcher-kva.test');
  t.equal(canonicalName('My_Store.test.'), 'my_store.test.');
});

t.test('A and AAAA, CNAMEs, answers over TCP', async (t) => {
  const replies: Readonly<Record<string, Reply>> = {
    'both.test': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'], ttl: 7 },
    'six.test': { AAAA: ['2001:db8::1'] },
    'alias.test': { A: ['192.0.2.3'], CNAME: 'real.test', ttl: 3 },
    'large.test': { A: Array.from({ length: 60 }, (_, i) => `192.0.2.${i}`), truncated: true },
    'huge.test': { A: Array.from({ length: 250 }, (_, i) => `192.0.2.${i}`), truncated: true },
  };
  const dns = await dnsServer(t, ({ name }) => replies[name] ?? 'NXDOMAIN');
  const { resolution } = machine(t, { resolvConf: ONE }, { port: dns.port });
  const ask = async (name: string) => await resolution.remote(name, soon());
  t.match(await ask('both.test'), { ttl: 7000 });
  t.equal(textOf(await ask('both.test')), '2001:db8::1 192.0.2.1 192.0.2.2');
  t.equal(textOf(await ask('six.test')), '2001:db8::1');
  t.match(await ask('alias.test'), { ttl: 3000, addresses: [{ address: '192.0.2.3', family: 4 }] });
  t.equal((await ask('large.test')).addresses.length, 60);
  t.ok(dns.questions.some(({ over }) => over === 'tcp'));
  t.equal((await ask('huge.test')).addresses.length, 64, 'no name has more addresses than this');
});

t.test('the search list of a pod: the first name that has addresses', async (t) => {
  const known = new Set(['store.ns.svc.cluster.local', 's3.corp.test', 's3.example.net']);
  const dns = await dnsServer(t, ({ name }) => (known.has(name) ? V4 : 'NXDOMAIN'));
  const { resolution } = machine(t, { resolvConf: POD }, { port: dns.port });
  const asked = async (name: string): Promise<string[]> => {
    const before = dns.questions.length;
    await resolution.remote(name, soon()).catch(() => undefined);
    return dns.questions
      .slice(before)
      .filter(({ type }) => type === 'A')
      .map(({ name }) => name);
  };
  t.strictSame(await asked('store'), ['store.ns.svc.cluster.local']);
  t.strictSame(await asked('s3'), [
    's3.ns.svc.cluster.local',
    's3.svc.cluster.local',
    's3.cluster.local',
    's3.corp.test',
  ]);
  t.strictSame((await asked('s3.example.net')).slice(-1), ['s3.example.net']);
  t.strictSame(await asked('s3.example.net.'), ['s3.example.net'], 'a dot at the end: no search');
  t.equal((await asked('unknown.test')).length, 6);
});

t.test('what each failure is', async (t) => {
  const replies: Readonly<Record<string, Reply>> = {
    'failing.test': 'SERVFAIL',
    'refused.test': 'REFUSED',
    'empty.test': {},
    'hanging.test': 'hang',
  };
  const dns = await dnsServer(t, ({ name }) => replies[name] ?? 'NXDOMAIN');
  const asking = (resolvConf: string) => machine(t, { resolvConf }, { port: dns.port }).resolution;
  const [patient, short] = [asking(ONE), asking(SHORT)];
  const cases: Readonly<Record<string, [string, RegExp]>> = {
    'failing.test': ['EAI_AGAIN', /can't tell \(ESERVFAIL\)/],
    'refused.test': ['EAI_AGAIN', /can't tell \(EREFUSED\)/],
    'hanging.test': ['EAI_AGAIN', /no DNS server answers \(127\.0\.0\.1\)/],
    'empty.test': ['ENOTFOUND', /knows no address/],
    'unknown.test': ['ENOTFOUND', /knows no address/],
  };
  for (const [name, [code, message]] of Object.entries(cases))
    await t.rejects(
      (name === 'hanging.test' ? short : patient).remote(name, soon()),
      { code, message, hostname: name, syscall: 'getaddrinfo' },
      name,
    );
  const nobody = machine(t, { resolvConf: SHORT }, { port: 9 }).resolution;
  await t.rejects(nobody.remote('store.test', soon()), { code: 'EAI_AGAIN' }, 'nobody listens');
});

t.test('a domain of the search list that fails does not hide a name of the next', async (t) => {
  const dns = await dnsServer(t, ({ name }) =>
    name.endsWith('.a.test') ? 'SERVFAIL' : name === 's.b.test' ? V4 : 'NXDOMAIN',
  );
  const resolvConf = `${ONE}search a.test b.test\n`;
  const { resolution } = machine(t, { resolvConf }, { port: dns.port });
  t.equal(textOf(await resolution.remote('s', soon())), '192.0.2.1');
  await t.rejects(resolution.remote('other', soon()), { code: 'EAI_AGAIN' }, 'it could be there');
});

t.test('a server that is silent is not asked for the next name of the search list', async (t) => {
  const dns = await dnsServer(t, () => 'hang');
  const { resolution } = machine(t, { resolvConf: `${SHORT}search a.test b.test\n` }, { port: dns.port });
  await t.rejects(resolution.remote('s', soon()), { code: 'EAI_AGAIN' });
  t.strictSame([...new Set(dns.questions.map(({ name }) => name))], ['s.a.test']);
});

t.test('AAAA that is never answered holds nobody up once A is there', async (t) => {
  const dns = await dnsServer(t, ({ type }) => (type === 'A' ? V4 : 'hang'));
  const { resolution } = machine(t, { resolvConf: ONE }, { port: dns.port });
  const began = performance.now();
  t.equal(textOf(await resolution.remote('store.test', soon())), '192.0.2.1');
  t.ok(performance.now() - began < 20_000, 'not for the 25 s of the file');
});

t.test('the next server is asked when the first is silent', async (t) => {
  const good = await dnsServer(t, () => V4, { address: '127.0.0.3' });
  await dnsServer(t, () => 'hang', { address: '127.0.0.2', port: good.port });
  const resolvConf = 'nameserver 127.0.0.2\nnameserver 127.0.0.3\noptions timeout:2 attempts:5\n';
  const { resolution } = machine(t, { resolvConf }, { port: good.port });
  t.equal(textOf(await resolution.remote('store.test', soon())), '192.0.2.1');
});

t.test('a look-up ends when its signal does, whatever the server does', async (t) => {
  const dns = await dnsServer(t, () => 'hang');
  const { resolution } = machine(
    t,
    { resolvConf: `${POD}options timeout:5 attempts:5\n` },
    { port: dns.port },
  );
  const leaving = new AbortController();
  const rejected = t.rejects(resolution.remote('store.test', leaving.signal), { code: 'EAI_AGAIN' });
  await eventually(() => dns.questions.length > 0);
  const began = performance.now();
  leaving.abort();
  await rejected;
  t.ok(performance.now() - began < 20_000, 'not for the 25 s of the file');
  t.equal(new Set(dns.questions.map(({ name }) => name)).size, 1, 'further names are not asked for');
});

t.test('only getaddrinfo knows the other sources of nsswitch.conf', async (t) => {
  const dns = await dnsServer(t, ({ name }) => (name === 'broken.test' ? 'SERVFAIL' : 'NXDOMAIN'));
  const asked: string[] = [];
  const askSystem = async (name: string) => {
    asked.push(name);
    if (name === 'hanging.local') return await new Promise<never>(() => {});
    if (name !== 'printer.local')
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    return [{ address: '192.0.2.5', family: 4 }];
  };
  const files = { resolvConf: ONE, nsswitch: 'hosts: files mdns4_minimal [NOTFOUND=return] dns\n' };
  const { resolution, write } = machine(t, files, { port: dns.port, askSystem });
  t.equal(textOf(await resolution.remote('printer.local', soon())), '192.0.2.5');
  await t.rejects(resolution.remote('unknown.local', soon()), { code: 'ENOTFOUND' });
  await t.rejects(
    resolution.remote('broken.test', soon()),
    { code: 'EAI_AGAIN' },
    'it is not asked when DNS fails',
  );
  t.strictSame(asked, ['printer.local', 'unknown.local']);
  // One call hangs: it has the only thread that there is.
  const leaving = new AbortController();
  const rejected = ['hanging.local', 'printer.local'].map(async (name) => {
    await t.rejects(resolution.remote(name, leaving.signal), { code: 'ENOTFOUND' }, name);
  });
  await eventually(() => asked.length === 3 && dns.count('printer.local') >= 4);
  await answersRead();
  leaving.abort();
  await Promise.all(rejected);
  t.strictSame(asked, ['printer.local', 'unknown.local', 'hanging.local']);
  write({ nsswitch: 'hosts: files dns\n' });
  await t.rejects(resolution.remote('printer.local', soon()), { code: 'ENOTFOUND' });
  t.equal(asked.length, 3);
});

/** What was sent before has been read then, however long this process was busy. */
async function answersRead(): Promise<void> {
  await pause(100);
  await turn();
  await turn();
}

t.test('where there is no resolv.conf to go by, getaddrinfo is the source', async (t) => {
  const askSystem = async () => [{ address: '192.0.2.6', family: 4 }];
  const { resolution } = machine(t, {}, { platform: 'darwin', askSystem });
  t.match(await resolution.remote('store.test', soon()), { addresses: [{ address: '192.0.2.6' }] });
});
