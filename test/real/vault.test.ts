import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { isRecord } from '../../src/json.ts';
import { fingerprintOf } from '../../src/keys/key.ts';
import { KeyStores } from '../../src/keys/stores/key-stores.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { testKey } from '../config/fixture.ts';
import { startBao } from './bao.ts';

/** Keys from a real OpenBao. What stands in for Kubernetes is its API for reviewing tokens; all else is real. */

const program = process.env.BAO;
if (program === undefined) throw new Error('run it with "npm run test:vault"');
const bao = await startBao(t, program);
const { api, address, caFile, folder } = bao;

const POLICY = 'path "secret/data/ssec/*" { capabilities = ["read"] }';
const base64 = (name: string): string => testKey(name).toString('base64');
const NAMES = new Map(['a', 'b', 'c'].map((name) => [fingerprintOf(testKey(name)), name]));

await api('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
await api('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
await api('POST', 'sys/policies/acl/ssec', { policy: POLICY });
await api('POST', 'secret/data/ssec/app', { data: { key: base64('a') } });
await api('POST', 'sys/auth/approle', { type: 'approle' });
await api('POST', 'auth/approle/role/proxy', {
  token_policies: 'ssec',
  token_ttl: '2s',
  token_max_ttl: '1h',
});
const roleId = await read('GET', 'auth/approle/role/proxy/role-id', 'role_id');
const secretId = await read('POST', 'auth/approle/role/proxy/secret-id', 'secret_id');
const APP_ROLE = `{ appRole: { roleId: { env: ROLE_ID }, secretId: { env: SECRET_ID } } }`;

async function read(
  method: string,
  path: string,
  field: string,
  body?: object,
  namespace?: string,
): Promise<string> {
  const { data, auth } = await api(method, path, body, namespace);
  const holder = isRecord(auth) ? auth : data;
  return isRecord(holder) ? String(holder[field]) : '';
}

interface Asked {
  readonly auth?: string;
  readonly place?: string;
  readonly more?: string;
  readonly keyStores?: KeyStores;
  readonly env?: Record<string, string>;
}

/** What a config with one key in the vault comes to: the name of the key, or what is said. */
async function keyOf({
  auth = APP_ROLE,
  place = 'path: ssec/app',
  more = '',
  keyStores,
  env,
}: Asked = {}): Promise<string> {
  const file = join(folder, 'config.yaml');
  writeFileSync(
    file,
    `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream: { endpoint: "https://s3.example.org", region: a, credentials: { accessKeyId: { env: UP }, secretAccessKey: { env: UP } } }
keys: { a: { vault: { server: v, ${place} }, format: base64 } }
vaults: { v: { address: "${address}", ca: "${caFile}", auth: ${auth}${more} } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
`,
  );
  const { snapshot, problems } = await loadConfig(file, {
    env: { UP: 'up', ROLE_ID: roleId, SECRET_ID: secretId, ...env },
    ...(keyStores && { keyStores }),
  });
  const [key] = snapshot?.ssecKeys ?? [];
  const said = problems.map(({ message }) => message).join('; ');
  t.notOk(said.includes(secretId) || said.includes(base64('a')), 'no secret is told');
  return key ? `${NAMES.get(key.ssecKey.fingerprint)}${said && `; ${said}`}` : said;
}

t.test('AppRole, and what is not there', async (t) => {
  t.equal(await keyOf(), 'a');
  t.match(await keyOf({ place: 'path: ssec/none' }), /nothing exists at that path \(404\)/);
  t.match(await keyOf({ place: 'path: other' }), /permission denied \(403\)/);
  t.match(await keyOf({ place: 'path: ssec/app, field: other' }), /has no field "other"/);
  t.match(
    await keyOf({ env: { SECRET_ID: 'wrong' } }),
    /the login \(appRole\) was refused: a bad request \(400\)/,
  );
  await api('POST', 'old/app', { key: base64('a') });
  await api('POST', 'sys/policies/acl/ssec', {
    policy: `${POLICY}\npath "old/*" { capabilities = ["read"] }`,
  });
  t.match(await keyOf({ place: 'mount: old, path: app' }), /old\/app/, 'version 1 is not read');
});

t.test('versions: the newest, one of them, one that was deleted', async (t) => {
  await api('POST', 'secret/data/ssec/app', { data: { key: base64('b') } });
  t.equal(await keyOf(), 'b');
  t.equal(await keyOf({ place: 'path: ssec/app, version: 1' }), 'a');
  await api('DELETE', 'secret/data/ssec/app');
  t.match(await keyOf(), /secret\/ssec\/app was deleted \(404\)/);
  t.equal(await keyOf({ place: 'path: ssec/app, version: 1' }), 'a');
  await api('POST', 'secret/data/ssec/app', { data: { key: base64('a') } });
});

t.test('a token of AppRole lives on by renewal, and is replaced when it was revoked', async (t) => {
  const keyStores = new KeyStores();
  t.equal(await keyOf({ keyStores }), 'a');
  const count = async () => (await accessors()).length;
  const before = await accessors();
  await pause(5000);
  t.strictSame(await accessors(), before, 'two seconds were its time, and five later it is there');
  t.equal(await keyOf({ keyStores }), 'a');
  t.strictSame(await accessors(), before, 'without another login');
  for (const accessor of before) await api('POST', 'auth/token/revoke-accessor', { accessor });
  t.equal(await keyOf({ keyStores }), 'a');
  t.equal(await count(), 1);
  await keyStores.close();
  t.equal(await count(), 0, 'a proxy that ends leaves no token behind');
});

/** Of the tokens that are not root's. */
async function accessors(): Promise<string[]> {
  const { data } = await api('LIST', 'auth/token/accessors');
  const found: string[] = [];
  for (const accessor of isRecord(data) ? (data.keys as string[]) : []) {
    const path = await read('POST', 'auth/token/lookup-accessor', 'path', { accessor }).catch(() => '');
    if (path === 'auth/approle/login') found.push(accessor);
  }
  return found;
}

t.test('a token of the config, renewed', async (t) => {
  const token = await read('POST', 'auth/token/create', 'client_token', { policies: ['ssec'], period: '2s' });
  const keyStores = new KeyStores();
  const asked = { auth: '{ token: { env: TOKEN } }', env: { TOKEN: token }, keyStores };
  t.equal(await keyOf(asked), 'a');
  await pause(5000);
  t.equal(await keyOf(asked), 'a', 'two seconds were its time');
  await keyStores.close();
  t.equal(await keyOf({ ...asked, keyStores: new KeyStores() }), 'a', 'it is not ours to end');
  t.match(
    await keyOf({ auth: '{ token: { env: TOKEN } }', env: { TOKEN: 'wrong' } }),
    /permission denied \(403\)/,
  );
});

t.test('a namespace', async (t) => {
  await api('POST', 'sys/namespaces/team');
  await api('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } }, 'team');
  await api('POST', 'secret/data/ssec/app', { data: { key: base64('c') } }, 'team');
  await api('POST', 'sys/policies/acl/ssec', { policy: POLICY }, 'team');
  const token = await read('POST', 'auth/token/create', 'client_token', { policies: ['ssec'] }, 'team');
  const asked = { auth: '{ token: { env: TOKEN } }', env: { TOKEN: token } };
  t.equal(await keyOf({ ...asked, more: ', namespace: team' }), 'c');
  t.match(await keyOf(asked), /permission denied \(403\)/, 'the token is of the namespace');
});

t.test('the service account of a pod', async (t) => {
  const reviewer = await tokenReviewer(t);
  await api('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
  await api('POST', 'auth/kubernetes/config', {
    kubernetes_host: reviewer.address,
    kubernetes_ca_cert: reviewer.ca,
    disable_local_ca_jwt: true,
  });
  await api('POST', 'auth/kubernetes/role/proxy', {
    bound_service_account_names: 'ssec-proxy',
    bound_service_account_namespaces: 'storage',
    token_policies: 'ssec',
  });
  const jwt = join(folder, 'jwt');
  const auth = `{ kubernetes: { role: proxy, jwt: "${jwt}" } }`;
  writeFileSync(jwt, reviewer.jwtOf('storage', 'ssec-proxy'));
  t.equal(await keyOf({ auth }), 'a');
  writeFileSync(jwt, reviewer.jwtOf('storage', 'another'));
  t.match(await keyOf({ auth }), /the login \(kubernetes\) was refused/);
});

t.test('sealed, unsealed and gone, while a key is held', async (t) => {
  const keyStores = new KeyStores();
  t.equal(await keyOf({ keyStores }), 'a');
  await api('POST', 'sys/seal');
  t.match(await keyOf({ keyStores }), /^a; .*sealed, or down for maintenance \(503\)/);
  t.match(await keyOf(), /^the login \(appRole\) was refused: sealed/, 'who holds none gets none');
  t.match(keyStores.health.trouble(), /^vault:v: /);
  await bao.unseal();
  t.equal(await keyOf({ keyStores }), 'a');
  t.equal(keyStores.health.trouble(), undefined);
  bao.process.kill('SIGKILL');
  await once(bao.process, 'exit');
  t.match(await keyOf({ keyStores }), /^a; the vault can't be reached: ECONNREFUSED/);
  await keyStores.close();
});

/** Kubernetes' API for reviewing tokens, as far as a vault asks it: it believes what the token says of itself. */
async function tokenReviewer(t: Test) {
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = https.createServer({ cert, key }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { spec } = JSON.parse(Buffer.concat(parts).toString()) as { spec: { token: string } };
      const claims = JSON.parse(Buffer.from(spec.token.split('.')[1] ?? '', 'base64url').toString()) as {
        sub: string;
      };
      response.writeHead(201, { 'content-type': 'application/json' });
      const user = { username: claims.sub, uid: 'uid', groups: ['system:serviceaccounts'] };
      response.end(
        JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenReview',
          status: { authenticated: true, user },
        }),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    ca,
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jwtOf: (namespace: string, name: string): string => {
      const now = Math.floor(Date.now() / 1000);
      const serviceaccount = { name, uid: 'uid' };
      const sub = `system:serviceaccount:${namespace}:${name}`;
      const claims = {
        iss: 'https://kubernetes.default.svc',
        sub,
        iat: now,
        nbf: now - 5,
        exp: now + 600,
        'kubernetes.io': { namespace, serviceaccount },
      };
      const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
    },
  };
}
