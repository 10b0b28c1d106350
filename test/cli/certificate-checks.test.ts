import { lookup } from 'node:dns';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { requireCertificateChecks } from '../../src/cli/certificate-checks.ts';
import { clockWarning } from '../../src/cli/clock.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import { connectVault } from '../../src/keys/stores/vault/api.ts';
import { transmit } from '../../src/store-client/transmit.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { forward } from '../../src/upstream/forward.ts';
import { ran } from '../support/io.ts';
import { snapshotOf } from '../support/snapshot.ts';

const VARIABLE = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** As in an environment that turns the checks off; Node warns of that once. */
function withoutChecks(t: Test): void {
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = '0';
  t.teardown(() => {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
  });
}

t.test('a command that connects does not start where the environment turns the checks off', async (t) => {
  withoutChecks(t);
  for (const { name, connects, arguments: given, options } of COMMANDS) {
    if (connects !== true) continue;
    const args = given.filter(({ amount }) => amount !== 'any' && amount !== 'optional');
    const words = args.map(({ name: word }) => (word === 'config' ? 'nowhere.yaml' : 's3://bucket/key'));
    const needed = options.flatMap(({ flag, required }) => (required ? [flag, 'GetObject'] : []));
    const { code, stderr } = await ran(run, [name, ...words, ...needed]);
    t.equal(code, 2, name);
    t.match(stderr, /^error: NODE_TLS_REJECT_UNAUTHORIZED is 0/, name);
  }
});

t.test('every command that reads a config connects', async (t) => {
  const connect = COMMANDS.filter(({ connects }) => connects).map(({ name }) => name);
  const read = COMMANDS.filter((spec) => spec.arguments.some(({ name }) => name === 'config'));
  for (const { name } of read) t.ok(connect.includes(name), name);
  t.ok(read.length >= 6);
});

t.test('only 0 turns the checks off, as for Node', async (t) => {
  for (const value of [undefined, '', '1', 'false', '00'])
    t.doesNotThrow(() => requireCertificateChecks({ [VARIABLE]: value }));
  t.throws(() => requireCertificateChecks({ [VARIABLE]: '0' }), /Unset it/);
});

t.test('no connection takes the certificate of an impostor, whatever the environment says', async (t) => {
  const impostor = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const came: string[] = [];
  const server = https.createServer(impostor, (request, response) => {
    came.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  withoutChecks(t);
  const { upstream } = snapshotOf({ upstream: { protocol: 'https:', hostname: '127.0.0.1', port } });
  const pool = poolOf(upstream);
  t.teardown(() => pool.destroy());
  const request = {
    method: 'GET',
    path: '/',
    headers: {},
    body: undefined,
    signal: new AbortController().signal,
  };
  const vault = connectVault({
    protocol: 'https:',
    hostname: '127.0.0.1',
    port,
    basePath: '',
    namespace: undefined,
    ca: undefined,
    timeout: 5000,
    requests: 8,
    lookup,
  });
  t.teardown(() => vault.close());
  const connections: Readonly<Record<string, () => Promise<unknown>>> = {
    'the proxy': () => forward({ ...request, upstream, fresh: false }, pool),
    'a command': () => transmit(request, upstream, pool),
    'a vault': () => vault.ask({ method: 'GET', path: 'sys/health' }),
  };
  for (const [name, connect] of Object.entries(connections)) await t.rejects(connect(), name);
  t.match(await clockWarning(upstream, () => new Date()), /endpoint: .*SELF_SIGNED_CERT/);
  t.same(came, []);
  const open = https.request({ host: '127.0.0.1', port, path: '/seen', agent: false });
  await new Promise((resolve) => open.once('response', resolve).once('error', resolve).end());
  t.same(came, ['/seen'], 'this environment does turn checks off that are not stated');
});
