import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parseHosts } from '../../../src/upstream/names/hosts-file.ts';
import { hasOtherSources } from '../../../src/upstream/names/nsswitch.ts';
import { rereading } from '../../../src/upstream/names/reread.ts';
import { candidatesOf, parseResolvConf } from '../../../src/upstream/names/resolv-conf.ts';
import { POD } from './machine.ts';

const HOST = { hostname: 'pod-1', environment: {} };

t.test('a hosts file: names and aliases, comments, blanks, all lines of a name', async (t) => {
  const hosts = parseHosts(
    [
      '# 192.0.2.1 comment.test',
      '127.0.0.1\tlocalhost',
      '::1 localhost ip6-localhost',
      '  192.0.2.1  \t store.test Alias.test # not-this.test',
      '192.0.2.2 store.test\r',
      '192.0.2.2 store.test',
      'fe80::1%eth0 link.test',
      'not-an-address wrong.test',
      '300.1.1.1 wrong.test',
      '192.0.2.3',
      '192.0.2.4#cut.test',
    ].join('\n'),
  );
  t.strictSame(Object.fromEntries([...hosts].map(([name, all]) => [name, all.map((each) => each.address)])), {
    localhost: ['127.0.0.1', '::1'],
    'ip6-localhost': ['::1'],
    'store.test': ['192.0.2.1', '192.0.2.2'],
    'alias.test': ['192.0.2.1'],
    'link.test': ['fe80::1%eth0'],
  });
});

t.test('a resolv.conf', async (t) => {
  const plain = { nameservers: ['127.0.0.1'], search: [], ndots: 1, timeout: 2000, attempts: 2 };
  const cases: Readonly<Record<string, [string, object]>> = {
    'nothing: the server of this machine': ['', {}],
    'three servers at most': [
      [1, 2, 3, 4].map((i) => `nameserver 192.0.2.${i}`).join('\n'),
      { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] },
    ],
    'IPv6, and no address': [
      'nameserver 2001:db8::1\nnameserver ns.test\nnameserver\n',
      { nameservers: ['2001:db8::1'] },
    ],
    comments: ['# nameserver 192.0.2.1\n; search a.test\n', {}],
    'a keyword that does not begin its line': [' nameserver 192.0.2.1\n', {}],
    tabs: [
      'nameserver\t192.0.2.1\t\nsearch\ta.test\tb.test\n',
      { nameservers: ['192.0.2.1'], search: ['a.test', 'b.test'] },
    ],
    'the last of domain and search': ['search a.test\ndomain b.test c.test\n', { search: ['b.test'] }],
    'the last of search and domain': ['domain b.test\nsearch A.test. .\n', { search: ['a.test', ''] }],
    'options of several lines': [
      'options ndots:2 rotate\noptions timeout:1 attempts:3 ndots:3\n',
      { ndots: 3, timeout: 1000, attempts: 3 },
    ],
    'options beyond their limits': [
      'options ndots:99 timeout:99 attempts:99\n',
      { ndots: 15, timeout: 5000, attempts: 5 },
    ],
    'options that are no numbers': ['options ndots: timeout:x attempts:-1\n', { attempts: 1 }],
    'of a pod': [
      POD,
      {
        search: ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.test', 'example.test'],
        ndots: 5,
      },
    ],
  };
  for (const [name, [text, wanted]] of Object.entries(cases))
    t.strictSame(parseResolvConf(text, HOST), { ...plain, ...wanted }, name);
  const many = `search ${Array.from({ length: 99 }, (_, i) => `s${i}.test`).join(' ')}\n`;
  t.equal(parseResolvConf(many, HOST).search.length, 32);
});

t.test('the domain of the machine is searched when nothing else says what to search', async (t) => {
  t.strictSame(parseResolvConf('', { hostname: 'a.corp.test', environment: {} }).search, ['corp.test']);
  t.strictSame(parseResolvConf('search x.test', { hostname: 'a.corp.test', environment: {} }).search, [
    'x.test',
  ]);
});

t.test('the environment has the last word', async (t) => {
  const environment = { LOCALDOMAIN: 'x.test y.test', RES_OPTIONS: 'ndots:4' };
  const { search, ndots, attempts } = parseResolvConf(`${POD}options attempts:1\n`, {
    ...HOST,
    environment,
  });
  t.strictSame({ search, ndots, attempts }, { search: ['x.test', 'y.test'], ndots: 4, attempts: 1 });
});

t.test('which names are asked for, in which order', async (t) => {
  const conf = (search: readonly string[], ndots: number) => ({
    ...parseResolvConf('', HOST),
    search,
    ndots,
  });
  const cases: [string, readonly string[], number, readonly string[]][] = [
    ['store', [], 1, ['store']],
    ['store', ['a.test', 'b.test'], 1, ['store.a.test', 'store.b.test', 'store']],
    ['s.test', ['a.test'], 1, ['s.test', 's.test.a.test']],
    ['s.test', ['a.test'], 5, ['s.test.a.test', 's.test']],
    ['s.test.', ['a.test'], 5, ['s.test']],
    ['store.', ['a.test'], 1, ['store']],
    ['store', ['a.test'], 0, ['store', 'store.a.test']],
    ['store', ['', 'a.test'], 1, ['store', 'store.a.test']],
  ];
  for (const [name, search, ndots, wanted] of cases)
    t.strictSame(
      candidatesOf(name, conf(search, ndots)),
      wanted,
      `${name} with ${search.join(' ')}, ${ndots}`,
    );
});

t.test('an nsswitch.conf: is anything there but the hosts file and DNS?', async (t) => {
  const cases: Readonly<Record<string, boolean>> = {
    '': false,
    'hosts: files dns': false,
    'hosts:files dns': false,
    '# hosts: files nis': false,
    'passwd: files systemd\nhosts:\tfiles dns # nis': false,
    'hosts: files [NOTFOUND=continue] dns': false,
    'hosts: files [ !UNAVAIL = return ] dns': false,
    'hosts: files dns myhostname': true,
    'hosts: files mdns4_minimal [NOTFOUND=return] dns': true,
    'hosts: files resolve [!UNAVAIL=return] dns': true,
    'hosts: nis files': true,
  };
  for (const [text, wanted] of Object.entries(cases)) t.equal(hasOtherSources(text), wanted, text);
});

t.test('a file is read again when it has changed, and only then', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  let read = 0;
  const file = rereading(path, (text) => {
    read += 1;
    return [text];
  });
  t.strictSame(file(), [''], 'a file that is not there is empty');
  writeFileSync(path, 'one\n');
  const one = file();
  t.strictSame(one, ['one\n']);
  t.equal(file(), one, 'the same object while nothing changes');
  t.equal(read, 2);
  writeFileSync(path, 'two\n');
  t.strictSame(file(), ['two\n']);
  rmSync(path);
  t.strictSame(file(), ['']);
  t.strictSame(rereading(folder, (text) => [text])(), [''], 'a directory is empty');
});

t.test('a file that is too long ends with its last whole line within the limit', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  const line = '192.0.2.1 a-name-of-some-length.test\n';
  writeFileSync(path, line.repeat(40_000));
  const text = rereading(path, (text) => text)();
  t.equal(text.length, Math.floor((1024 * 1024) / line.length) * line.length);
  t.ok(text.endsWith(line));
});
