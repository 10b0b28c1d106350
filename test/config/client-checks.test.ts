import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

const ELSEWHERE = '  - match: { bucket: elsewhere }\n    encrypt: off\n';
/** The config of the fixture with further clients, and a rule for their grants. */
const withClients = (yaml: string): string =>
  MINIMAL.replace(/^clients:\n/m, `clients:\n${yaml}\n`) + ELSEWHERE;
const linesOf = async (yaml: string): Promise<readonly string[]> => (await load(withClients(yaml))).lines;
const OPEN = '{ bucket: elsewhere, prefix: public/ }';

t.test('a client needs credentials, unless it is anonymous', async (t) => {
  t.match(await linesOf('  - { allow: [] }'), [
    'clients[0].accessKeyId: is missing',
    'clients[0].secretAccessKey: is missing',
  ]);
  t.match(await linesOf('  - { accessKeyId: a }'), ['clients[0].secretAccessKey: is missing']);
  const { snapshot, lines } = await load(withClients(`  - { anonymous: true, allow: [${OPEN}] }`));
  t.same(lines, []);
  t.same(snapshot?.anonymous, {
    admin: false,
    anonymous: true,
    grants: [{ bucket: 'elsewhere', prefix: 'public/', actions: new Set(['read']) }],
  });
});

t.test('without such an entry the snapshot has no anonymous client, nor by anonymous: false', async (t) => {
  const { snapshot } = await load(MINIMAL);
  t.equal(snapshot?.anonymous, undefined);
  t.match(await linesOf('  - { anonymous: false, allow: [] }'), [/accessKeyId: is missing/, /is missing/]);
});

t.test(
  'what an anonymous client may is written: no allow is an error, and a list has to be named',
  async (t) => {
    t.match(await linesOf('  - { anonymous: true }'), [/clients\[0\]\.allow: is missing/]);
    const { snapshot } = await load(
      withClients('  - { anonymous: true, allow: [{ bucket: elsewhere, actions: [read, list] }] }'),
    );
    t.same(snapshot?.anonymous?.grants, [
      { bucket: 'elsewhere', prefix: '', actions: new Set(['read', 'list']) },
    ]);
  },
);

t.test('an anonymous client reads and lists, and no more', async (t) => {
  for (const action of ['write', 'delete', 'deleteVersions', 'acl', 'unlock'])
    t.match(
      await linesOf(`  - { anonymous: true, allow: [{ bucket: elsewhere, actions: [${action}] }] }`),
      [new RegExp(`clients\\[0\\]\\.allow\\[0\\]\\.actions: an anonymous client can't have ${action}`)],
      action,
    );
});

t.test('an anonymous client has nothing that belongs to somebody', async (t) => {
  for (const [field, value] of [
    ['accessKeyId', 'a'],
    ['secretAccessKey', 'a'],
    ['sessionToken', 'a'],
    ['publicUrl', 'https://s3.example.com'],
    ['upstream', 'same'],
    ['upstreams', '{ other: same }'],
    ['admin', 'true'],
  ] as const) {
    const lines = await linesOf(`  - { anonymous: true, allow: [${OPEN}], ${field}: ${value} }`);
    t.ok(
      lines.some((line) => line.includes(`clients[0].${field}`)),
      `${field}: ${lines.join(' | ')}`,
    );
  }
});

t.test('there is one anonymous client', async (t) => {
  const one = `  - { anonymous: true, allow: [${OPEN}] }`;
  t.match(await linesOf(`${one}\n${one}`), [/clients\[1\]: clients\[0\] is anonymous already/]);
});

t.test('a grant that meets an encrypting rule is warned of, and one that does not is not', async (t) => {
  const encrypted = /match: \{ bucket: ([\w-]+)/.exec(MINIMAL)?.[1] ?? '';
  t.not(encrypted, '');
  for (const grant of [`{ bucket: ${encrypted} }`, '{ bucket: "*", prefix: a/ }'])
    t.match(
      await linesOf(`  - { anonymous: true, allow: [${grant}] }`),
      [
        /^warning: clients\[0\]\.allow\[0\]: anonymous requests get objects in plain that rules\[0\] encrypts/,
      ],
      grant,
    );
});
