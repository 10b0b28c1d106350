import { lookup } from 'node:dns';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readFromDisk } from '../../../src/files.ts';
import { KeyStores } from '../../../src/keys/stores/key-stores.ts';
import { Lease } from '../../../src/keys/stores/vault/lease.ts';
import { openVault, type VaultSettings } from '../../../src/keys/stores/vault.ts';
import { Secret } from '../../../src/secret.ts';
import { loadConfig } from '../../../src/snapshot/load.ts';
import { load, MINIMAL, testKey } from '../../config/fixture.ts';
import { eventually } from '../../e2e/wire.ts';
import { type Behaviour, type FakeVault, fakeVault, reply } from './fake-vault.ts';

const PLACE = { mount: 'secret', path: 'ssec', field: 'key', version: undefined };
const ROLE = {
  kind: 'appRole',
  mount: 'approle',
  roleId: new Secret('role'),
  secretId: new Secret('hunter2'),
} as const;

function settingsOf(vault: FakeVault, more: Partial<VaultSettings['server']> = {}): VaultSettings {
  const { hostname, port } = new URL(vault.address);
  const server = {
    protocol: 'https:',
    hostname,
    port: Number(port),
    basePath: '',
    namespace: undefined,
    ca: readFileSync(vault.ca, 'utf8'),
    timeout: 10_000,
    requests: 8,
    lookup,
    ...more,
  } as const;
  return { server, auth: ROLE };
}

async function stand(
  t: Test,
  more: Partial<VaultSettings['server']> = {},
  auth: VaultSettings['auth'] = ROLE,
) {
  const vault = await fakeVault(t, t.testdir({}));
  vault.value = testKey('a').toString('hex');
  const store = openVault({ ...settingsOf(vault, more), auth }, readFromDisk);
  t.teardown(() => store.close());
  const ask = async () => (await store.fetch([PLACE]))[0];
  const calls = () => vault.asked.map(({ method, path }) => `${method} ${path.replace('/v1/', '')}`);
  return { vault, store, ask, calls };
}

/** A fault at the reading of the secret, after a login that went well. */
const atRead =
  (status: number, body: unknown): Behaviour =>
  ({ path }, response) =>
    path.startsWith('/v1/secret/') && reply(response, status, body);

const cut = (response: ServerResponse): true => {
  response.writeHead(200, { 'content-length': 1000 }).write('{"data":{"data":{"key":"hunter2');
  response.socket?.destroySoon();
  return true;
};

const FAULTS: Readonly<Record<string, readonly [Behaviour, 'unavailable' | 'refused', RegExp]>> = {
  'is sealed': [
    atRead(503, { errors: ['Vault is sealed'] }),
    'unavailable',
    /secret\/ssec: sealed, or down for maintenance \(503\)/,
  ],
  'permits nothing': [atRead(403, { errors: ['hunter2'] }), 'unavailable', /permission denied \(403\)/],
  'has a secret that was deleted': [
    atRead(404, { data: { data: null, metadata: { deletion_time: 'x', version: 1 } } }),
    'unavailable',
    /was deleted \(404\)/,
  ],
  'redirects to another node': [
    (_asked, response) => response.writeHead(307, { location: 'https://other.example/' }).end() !== undefined,
    'unavailable',
    /login \(appRole\) was refused: a redirect, which is not followed \(307\)/,
  ],
  'refuses the login': [
    (_asked, response) => reply(response, 400, { errors: ['invalid secret id hunter2'] }),
    'unavailable',
    /login \(appRole\) was refused: a bad request \(400\)/,
  ],
  'cuts its answer off': [
    ({ path }, response) => path.startsWith('/v1/secret/') && cut(response),
    'unavailable',
    /can't be reached: ECONNRESET/,
  ],
  'answers without end': [
    ({ path }, response) =>
      path.startsWith('/v1/secret/') && response.end(Buffer.alloc(1024 * 1024 + 1, ' ')) !== undefined,
    'unavailable',
    /the answer has more than 1048576 bytes/,
  ],
  'answers with something else than JSON': [
    (_asked, response) => response.end('<html>') !== undefined,
    'unavailable',
    /its answer is not JSON/,
  ],
  'has another field': [
    atRead(200, { data: { data: { other: 'hunter2' }, metadata: {} } }),
    'unavailable',
    /has no field "key"/,
  ],
  'has a number in the field': [
    atRead(200, { data: { data: { key: 7 }, metadata: {} } }),
    'refused',
    /not a string/,
  ],
  'has a KV engine of version 1': [
    atRead(200, { data: { key: 'hunter2' } }),
    'refused',
    /not in a KV engine of version 2/,
  ],
};

for (const [what, [behave, kind, message]] of Object.entries(FAULTS)) {
  t.test(`a vault that ${what}`, async (t) => {
    const { vault, ask } = await stand(t);
    vault.behave = behave;
    const answer = await ask();
    t.match(answer, { kind, message });
    t.notMatch(JSON.stringify(answer), /hunter2/, 'nothing of what it said');
    vault.behave = undefined;
    t.match(await ask(), { kind: 'found' }, 'and then it is well again');
  });
}

t.test('a vault with an untrusted certificate authority gets no credentials', async (t) => {
  const untrusting = await stand(t, { ca: undefined });
  t.match(await untrusting.ask(), { kind: 'unavailable', message: /its certificate is not trusted \(/ });
  t.strictSame(untrusting.calls(), []);
});

t.test('logs in once, for all keys and all loads, and revokes its token when it closes', async (t) => {
  const { vault, store, calls } = await stand(t, { namespace: 'team/a' });
  await store.fetch(Array.from({ length: 20 }, () => PLACE));
  await store.fetch([{ ...PLACE, path: 'a b/c', version: 3 }]);
  t.strictSame(
    calls().filter((call) => call.includes('login')),
    ['POST auth/approle/login'],
  );
  t.equal(calls().at(-1), 'GET secret/data/a%20b/c?version=3');
  t.ok(vault.asked.every(({ namespace }) => namespace === 'team/a'));
  t.match(vault.asked[0], { token: undefined, body: '{"role_id":"role","secret_id":"hunter2"}' });
  t.equal(vault.tokens.size, 1);
  await store.close();
  t.equal(vault.tokens.size, 0);
});

t.test('a token is renewed before it expires', async (t) => {
  const { vault, ask, calls } = await stand(t);
  vault.ttl = 0.6;
  t.match(await ask(), { kind: 'found' });
  await eventually(() => calls().filter((call) => call.endsWith('renew-self')).length >= 3);
  t.match(await ask(), { kind: 'found' });
  t.equal(calls().filter((call) => call.endsWith('login')).length, 1, 'no second login');
});

t.test('a token that was revoked is replaced, once', async (t) => {
  const { vault, store, ask, calls } = await stand(t);
  await ask();
  vault.tokens.clear();
  const answers = await store.fetch(Array.from({ length: 20 }, () => PLACE));
  t.ok(answers.every(({ kind }) => kind === 'found'));
  vault.behave = atRead(403, {});
  const before = calls().length;
  await store.fetch(Array.from({ length: 20 }, () => PLACE));
  const logins = calls()
    .slice(before)
    .filter((call) => call.endsWith('login'));
  t.equal(logins.length, 1, 'who is permitted nothing does not log in again and again');
});

t.test('a token that could not be renewed is replaced when it has expired', async (t) => {
  let time = 0;
  let logins = 0;
  const grant = () => ({ token: new Secret(`token ${++logins}`), ttl: 1000, renewable: false });
  const lease = new Lease({
    logIn: () => Promise.resolve(grant()),
    renew: () => Promise.reject(new Error('no')),
    clock: () => time,
  });
  const [first, same] = await Promise.all([lease.token(), lease.token()]);
  t.equal(first, same, 'two who ask at once wait for one login');
  time = 999;
  t.equal(await lease.token(), first);
  time = 1000;
  t.not(await lease.token(), first);
  t.equal(logins, 2);
  lease.end();
});

t.test('if one key gets no answer, the others do not wait too', async (t) => {
  const { vault, store } = await stand(t, { timeout: 500 });
  vault.behave = ({ path }) => path.startsWith('/v1/secret/');
  const begin = performance.now();
  const answers = await store.fetch(Array.from({ length: 100 }, () => PLACE));
  t.ok(answers.every(({ kind }) => kind === 'unavailable'));
  t.ok(performance.now() - begin < 100 * 500, 'one time-out, not a hundred');
  t.ok(vault.asked.length < 20);
});

t.test('so many requests are under way at once, and no more', async (t) => {
  const { vault, store } = await stand(t, { requests: 3 });
  let [running, most] = [0, 0];
  vault.behave = ({ path }, response) => {
    if (!path.startsWith('/v1/secret/')) return false;
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      reply(response, 404, { errors: [] });
    }, 10);
    return true;
  };
  await store.fetch(Array.from({ length: 20 }, () => PLACE));
  t.equal(most, 3);
});

t.test('a token from the config is used unchanged, renewed, and not revoked at the end', async (t) => {
  const { vault, store, ask, calls } = await stand(t, {}, { kind: 'token', token: new Secret('given') });
  vault.tokens.add('given');
  vault.ttl = 0.4;
  t.match(await ask(), { kind: 'found' });
  await eventually(() => calls().some((call) => call.endsWith('renew-self')));
  await store.close();
  t.ok(vault.tokens.has('given'));
  t.notOk(calls().some((call) => call.endsWith('login') || call.endsWith('revoke-self')));
});

t.test('the token of a service account is read at each login', async (t) => {
  const jwt = join(t.testdir({}), 'jwt');
  const { vault, ask } = await stand(t, {}, { kind: 'kubernetes', mount: 'k8s/one', role: 'r', jwt });
  t.match(await ask(), { kind: 'unavailable', message: /token of the service account cannot be read/ });
  for (const token of ['first', 'second']) {
    writeFileSync(jwt, `${token}\n`);
    vault.tokens.clear();
    t.match(await ask(), { kind: 'found' });
    const login = vault.asked.findLast(({ path }) => path.endsWith('/login'));
    t.match(login, { path: '/v1/auth/k8s/one/login', body: `{"role":"r","jwt":"${token}"}` });
  }
});

t.test('mistakes about vaults in the config are reported with place and fix', async (t) => {
  const text = `${MINIMAL.replace('vault: { file: keys/vault }', 'vault: { vault: { server: mian, path: /a } }\n  b: { file: keys/vault, env: B }')}vaults:
  main: { address: http://vault.example.com:8200, auth: { token: abc, appRole: { roleId: a, secretId: { env: NOT_SET } } } }
  other: { address: "https://u:p@vault", auth: {} }
`;
  const { lines } = await load(text);
  for (const line of [
    'error: keys.vault.vault.server: unknown vault "mian" (config.yaml:10:29); did you mean "main"?',
    'error: keys.vault.vault.path: must be a path such as "ssec-proxy/app", without "/" at its ends',
    'error: keys.b.env: the key already has a source: file',
    'error: vaults.main.address: keys would cross the network in clear text over http://',
    'error: vaults.main.auth.appRole: the vault already has a way to log in: token',
    'error: vaults.main.auth.appRole.secretId.env: the environment variable NOT_SET is not set',
    'error: vaults.other.address: has user info',
    'error: vaults.other.auth: has no way to log in (config.yaml:17:42); add one of token, appRole, kubernetes',
  ]) {
    t.ok(
      lines.some((one) => one.startsWith(line)),
      `${line}\n${lines.join('\n')}`,
    );
  }
});

t.test(
  'a vault stays open from load to load, and is closed when the config no longer names it',
  async (t) => {
    const folder = t.testdir({});
    const vault = await fakeVault(t, folder);
    vault.value = testKey('a').toString('hex');
    const config = (vaults: string) => `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream: { endpoint: "https://s3.example.org", region: a, credentials: { accessKeyId: { env: UP }, secretAccessKey: { env: UP } } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
${vaults}`;
    const inVault = config(`keys: { a: { vault: { server: v, path: ssec }, format: hex } }
vaults: { v: { address: "${vault.address}", ca: "${vault.ca}", auth: { appRole: { roleId: { env: UP }, secretId: { env: UP } } } } }
`);
    const file = join(folder, 'config.yaml');
    const keyStores = new KeyStores();
    const logins = () => vault.asked.filter(({ path }) => path.endsWith('/login')).length;
    const loadIt = async (text: string) => {
      writeFileSync(file, text);
      return await loadConfig(file, { env: { UP: 'up', A: testKey('a').toString('hex') }, keyStores });
    };
    t.ok((await loadIt(inVault)).snapshot);
    t.ok((await loadIt(inVault)).snapshot);
    t.equal(logins(), 1);
    t.equal(vault.tokens.size, 1);
    t.notOk((await loadIt(config('keys: { a: { env: NONE } }'))).snapshot);
    t.equal(vault.tokens.size, 1, 'a config that is not used changes nothing');
    t.ok((await loadIt(config('keys: { a: { env: A, format: hex } }'))).snapshot);
    t.equal(vault.tokens.size, 0);
    await loadConfig(file, { env: { UP: 'up', A: testKey('a').toString('hex') } });
    writeFileSync(file, inVault);
    await loadConfig(file, { env: { UP: 'up' }, offline: true });
    t.equal(logins(), 1, 'offline asks nobody');
    await loadConfig(file, { env: { UP: 'up' } });
    t.equal(logins(), 2);
    t.equal(vault.tokens.size, 0, 'a load that nobody keeps logs out');
  },
);
