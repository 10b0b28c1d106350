import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { options } from '../../scripts/docs/options.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { readFromDisk } from '../../src/files.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { RESTART } from '../../src/snapshot/restart.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { snapshotDigest } from '../../src/workers/digest.ts';
import { makePair, testKey } from '../config/fixture.ts';
import { folderOf } from '../e2e/process.ts';
import { silentLog } from '../support/silent-log.ts';

const credentials = { accessKeyId: 'store', secretAccessKey: 'secret-for-tests' };
const vault = { server: 'main', path: 'a/key' };

const B = { cert: 'b.crt', key: 'b.pem' };
const TLS = {
  cert: 'a.crt',
  key: 'a.pem',
  clientCa: 'a.crt',
  certificates: [{ cert: 'a.crt', key: 'a.pem' }],
};

/** A config that has every option, or something beside which it can be put. */
const BASE = {
  listen: [
    { address: '127.0.0.1:0', tls: TLS },
    { address: '127.0.0.1:0', auth: 'none' },
    { address: `unix:${tmpdir()}/ssec-proxy-restart-${process.pid}.sock`, auth: 'none' },
  ],
  admin: {
    address: '127.0.0.1:0',
    tls: { cert: 'a.crt', key: 'a.pem', clientCa: 'a.crt' },
    token: 'token-for-tests-of-admin',
  },
  upstream: {
    endpoint: 'https://s3.example.org',
    region: 'eu-test-1',
    credentials,
    ca: 'a.crt',
    transport: 'direct',
    signer: 'own',
  },
  upstreams: { archive: { endpoint: 'https://archive.example.org', region: 'eu-test-1', credentials } },
  clients: [{ accessKeyId: 'app', secretAccessKey: 'secret-for-tests', allow: [{ bucket: 'docs' }] }],
  keys: {
    file: { file: 'one.key' },
    directory: { directory: { path: 'folder', name: 'one.key' } },
    env: { env: 'ONE_RAW' },
    exec: {
      exec: { command: ['sh', '-c', 'printf %s "$ONE$OTHER"'], environment: ['ONE'], timeout: '20s' },
      format: 'hex',
    },
    hex: { file: 'hex.key', format: 'hex' },
    vault: { vault },
    later: { file: 'later.key' },
  },
  vaults: { main: { address: 'https://127.0.0.1:1', auth: { token: 'token-for-tests' } } },
  rules: [
    { match: { bucket: 'docs' }, encrypt: [{ key: 'file', derive: 'object' }, 'later', 'hex'] },
    { match: { bucket: 'plain' }, encrypt: 'off' },
  ],
};

/**
 * Of each option a change: a path in the config and another value there; several of them where one alone would be
 * refused.
 */
type Change = readonly (readonly [path: string, value: unknown])[];
const CHANGES: Readonly<Record<string, Change>> = {
  listen: [['listen.3', { address: '127.0.0.1:1', auth: 'none' }]],
  'listen[].address': [['listen.0.address', '127.0.0.1:1']],
  'listen[].mode': [['listen.2.mode', '0600']],
  'listen[].tls': [['listen.0.tls', undefined]],
  'listen[].tls.cert': [['listen.0.tls', { ...TLS, cert: 'b.crt', key: 'b.pem' }]],
  'listen[].tls.key': [['listen.0.tls', { ...TLS, key: 'b.pem', cert: 'b.crt' }]],
  'listen[].tls.certificates[].cert': [['listen.0.tls', { ...TLS, certificates: [B] }]],
  'listen[].tls.certificates[].key': [
    ['listen.0.tls', { ...TLS, certificates: [{ cert: 'a.crt', key: 'a.pem' }, B] }],
  ],
  'listen[].tls.clientCa': [['listen.0.tls.clientCa', 'b.crt']],
  'listen[].insecure': [['listen.0.insecure', true]],
  'listen[].proxyProtocol': [
    ['listen.0', { ...BASE.listen[0], proxyProtocol: true, trusted: ['10.0.0.0/8'] }],
  ],
  'listen[].forwardedFor': [['listen.0', { ...BASE.listen[0], forwardedFor: true, trusted: ['10.0.0.0/8'] }]],
  'listen[].trusted': [['listen.0', { ...BASE.listen[0], forwardedFor: true, trusted: ['::1'] }]],
  'listen[].auth': [['listen.0.auth', 'none']],
  'listen[].admin': [['listen.1.admin', true]],
  'admin.address': [['admin.address', '127.0.0.1:1']],
  'admin.tls': [['admin.tls', undefined]],
  'admin.tls.cert': [['admin.tls', { cert: 'b.crt', key: 'b.pem', clientCa: 'a.crt' }]],
  'admin.tls.key': [['admin.tls', { key: 'b.pem', cert: 'b.crt', clientCa: 'a.crt' }]],
  'admin.tls.clientCa': [['admin.tls.clientCa', undefined]],
  'admin.token': [['admin.token', 'other-token-for-tests']],
  'admin.open': [['admin.open', true]],
  'admin.debug': [['admin.debug', true]],
  'admin.connections': [['admin.connections', 9]],
  'admin.timeout': [['admin.timeout', '9s']],
  domains: [['domains', ['s3.example.com']]],
  customDomains: [['customDomains', { 'files.example.com': 'other' }]],
  region: [['region', 'strict']],
  sigv2: [['sigv2', true]],
  obs: [['obs', true]],
  'upstream.endpoint': [['upstream.endpoint', 'https://other.example.org']],
  'upstream.region': [['upstream.region', 'eu-test-2']],
  'upstream.provider': [['upstream.provider', 'minio']],
  'upstream.dialect': [
    ['upstream.provider', 'obs'],
    ['upstream.dialect', 'obs'],
  ],
  'upstream.addressing': [['upstream.addressing', 'virtual']],
  'upstream.etag': [['upstream.etag', 'passthrough']],
  'upstream.transport': [['upstream.transport', 'http-proxy']],
  'upstream.signer': [['upstream.signer', 'aws4']],
  'upstream.ca': [['upstream.ca', 'b.crt']],
  'upstream.insecure': [['upstream.insecure', true]],
  'upstream.credentials.accessKeyId': [['upstream.credentials.accessKeyId', 'other']],
  'upstream.credentials.secretAccessKey': [['upstream.credentials.secretAccessKey', 'other-secret']],
  'upstream.timeouts.connect': [['upstream.timeouts', { connect: '1s' }]],
  'upstream.timeouts.headers': [['upstream.timeouts', { headers: '1s' }]],
  'upstream.timeouts.idle': [['upstream.timeouts', { idle: '1s' }]],
  'upstream.timeouts.document': [['upstream.timeouts', { document: '1s' }]],
  'upstream.limits.connections': [['upstream.limits', { connections: 9 }]],
  'upstream.limits.queue': [['upstream.limits', { queue: 9 }]],
  'upstream.limits.wait': [['upstream.limits', { wait: '9s' }]],
  'upstream.outage.failures': [['upstream.outage', { failures: 9 }]],
  'upstream.outage.pause': [['upstream.outage', { pause: '9s' }]],
  'upstream.outage.longestPause': [['upstream.outage', { longestPause: '9s' }]],
  'upstream.timeouts.keepAlive': [['upstream.timeouts', { keepAlive: '1s' }]],
  upstreams: [['upstreams.archive.region', 'eu-test-2']],
  clients: [['clients.1', { accessKeyId: 'other', secretAccessKey: 'other-secret' }]],
  'clients[].accessKeyId': [['clients.0.accessKeyId', 'other']],
  'clients[].secretAccessKey': [['clients.0.secretAccessKey', 'other-secret']],
  'clients[].sessionToken': [['clients.0.sessionToken', 'token-for-tests']],
  'clients[].anonymous': [['clients.1', { anonymous: true, allow: [{ bucket: 'plain' }] }]],
  'clients[].certificate': [['clients.0.certificate', 'DNS:app.example.com']],
  'clients[].publicUrl': [['clients.0.publicUrl', 'https://s3.example.com']],
  'clients[].upstream': [['clients.0.upstream', 'same']],
  'clients[].upstreams': [['clients.0.upstreams', { archive: 'same' }]],
  'clients[].allow': [['clients.0.allow', undefined]],
  'clients[].allow[].bucket': [['clients.0.allow.0.bucket', 'plain']],
  'clients[].allow[].prefix': [['clients.0.allow.0.prefix', 'a/']],
  'clients[].allow[].actions': [['clients.0.allow.0.actions', ['read']]],
  'clients[].admin': [['clients.0.admin', true]],
  'keys.ID.file': [['keys.file.file', 'other.key']],
  'keys.ID.directory.path': [['keys.directory.directory.path', 'other']],
  'keys.ID.directory.name': [['keys.directory.directory.name', 'other.key']],
  'keys.ID.env': [['keys.env.env', 'OTHER_RAW']],
  'keys.ID.exec.command': [['keys.exec.exec.command', ['sh', '-c', 'printf %s%s "$ONE" "" | tr 0 1']]],
  'keys.ID.exec.timeout': [['keys.exec.exec.timeout', '30s']],
  'keys.ID.exec.environment': [['keys.exec.exec.environment', ['OTHER']]],
  'keys.ID.vault.server': [
    ['vaults.other', BASE.vaults.main],
    ['keys.vault.vault.server', 'other'],
  ],
  'keys.ID.vault.mount': [['keys.vault.vault.mount', 'other']],
  'keys.ID.vault.path': [['keys.vault.vault.path', 'other']],
  'keys.ID.vault.field': [['keys.vault.vault.field', 'other']],
  'keys.ID.vault.version': [['keys.vault.vault.version', 2]],
  'keys.ID.format': [['keys.hex.format', 'velero']],
  'keys.ID.fingerprint': [['keys.file.fingerprint', 'FINGERPRINT']],
  'keys.ID.writesFrom': [['keys.file.writesFrom', '2999-01-01T00:00:00Z']],
  'vaults.ID.address': [['vaults.main.address', 'https://127.0.0.1:2']],
  'vaults.ID.namespace': [['vaults.main.namespace', 'other']],
  'vaults.ID.ca': [['vaults.main.ca', 'b.crt']],
  'vaults.ID.timeout': [['vaults.main.timeout', '1s']],
  'vaults.ID.auth.token': [['vaults.main.auth.token', 'other-token']],
  'vaults.ID.auth.appRole.roleId': [['vaults.main.auth', { appRole: { roleId: 'a', secretId: 'b' } }]],
  'vaults.ID.auth.appRole.secretId': [['vaults.main.auth', { appRole: { roleId: 'a', secretId: 'c' } }]],
  'vaults.ID.auth.appRole.mount': [
    ['vaults.main.auth', { appRole: { roleId: 'a', secretId: 'b', mount: 'c' } }],
  ],
  'vaults.ID.auth.kubernetes.role': [['vaults.main.auth', { kubernetes: { role: 'a', jwt: 'one.key' } }]],
  'vaults.ID.auth.kubernetes.jwt': [['vaults.main.auth', { kubernetes: { role: 'a', jwt: 'hex.key' } }]],
  'vaults.ID.auth.kubernetes.mount': [
    ['vaults.main.auth', { kubernetes: { role: 'a', jwt: 'hex.key', mount: 'b' } }],
  ],
  'rules[].match.bucket': [['rules.0.match.bucket', 'docs-*']],
  'rules[].match.prefix': [['rules.0.match.prefix', 'a/']],
  'rules[].encrypt': [['rules.1.encrypt', ['later']]],
  'rules[].encrypt[].key': [['rules.0.encrypt.0.key', 'hex']],
  'rules[].encrypt[].derive': [['rules.0.encrypt.0', 'file']],
  'rules[].encrypt[].context': [['rules.0.encrypt.0.context', 'other']],
  'rules[].plainReads': [['rules.0.plainReads', 'allow']],
  'rules[].clientHeaders': [['rules.0.clientHeaders', 'pass']],
  'rules[].foreignUploads': [['rules.0.foreignUploads', 'allow']],
  'rules[].upstream': [['rules.0.upstream', 'archive']],
  'rules[].declassify': [['rules.1.declassify', true]],
  default: [['default', 'pass']],
  'timeouts.handshake': [['timeouts', { handshake: '1s' }]],
  'timeouts.head': [['timeouts', { head: '1s' }]],
  'timeouts.body': [['timeouts', { body: '1s' }]],
  'timeouts.document': [['timeouts', { document: '1s' }]],
  'timeouts.answer': [['timeouts', { answer: '1s' }]],
  'timeouts.keepAlive': [['timeouts', { keepAlive: '1s' }]],
  'timeouts.refusal': [['timeouts', { refusal: '1s' }]],
  'limits.refusals': [['limits', { refusals: 9 }]],
  'limits.documentsSending': [['limits', { documentsSending: '1s' }]],
  'upstream.timeouts.late': [['upstream.timeouts', { late: '2h' }]],
  'limits.connections': [['limits', { connections: 1 }]],
  'limits.requestsPerConnection': [['limits', { requestsPerConnection: 1 }]],
  'limits.requestsPerClient': [['limits', { requestsPerClient: 1 }]],
  'limits.copies': [['limits', { copies: 1 }]],
  'limits.documents': [['limits', { documents: '16MiB' }]],
  'limits.clientDocuments': [['limits', { clientDocuments: '4MiB' }]],
  'limits.unsizedBodies': [['limits', { unsizedBodies: '32MiB' }]],
  'limits.documentsWait': [['limits', { documentsWait: '1s' }]],
  'names.lookups': [['names', { lookups: 9 }]],
  'names.lookupsPerDomain': [['names', { lookupsPerDomain: 9 }]],
  'names.remembered': [['names', { remembered: 9 }]],
  'names.timeout': [['names', { timeout: '9s' }]],
  'names.ttl': [['names', { ttl: '9s' }]],
  'names.keep': [['names', { keep: '9s' }]],
  'names.keepInsecure': [['names', { keepInsecure: '9s' }]],
  'memory.objects': [['memory', { objects: 9 }]],
  'memory.uploads': [['memory', { uploads: 9 }]],
  'memory.buckets': [['memory', { buckets: 9 }]],
  'vaults.ID.requests': [['vaults.main.requests', 9]],
  drain: [['drain', '1s']],
  drainIdle: [['drainIdle', '1s']],
  workers: [['workers', 2]],
  'metrics.labels': [['metrics', { labels: ['client'] }]],
  'ready.required': [['ready', { required: ['stores'] }]],
  'ready.probe': [['ready', { probe: '9s' }]],
  'reload.watch': [['reload.watch', 'off']],
  'reload.keys': [['reload.keys', 'off']],
  'tracing.objectKeys': [['tracing', { objectKeys: true }]],
  'log.level': [['log.level', 'warn']],
  'log.format': [['log.format', 'text']],
  'log.sample': [['log.sample', 0.5]],
  'audit.to': [['audit', { to: 'stdout' }]],
  'audit.onFailure': [['audit', { to: 'stdout', onFailure: 'serve' }]],
  'audit.buffer': [['audit', { to: 'stdout', buffer: '2MiB' }]],
  'log.buffer': [['log.buffer', '2MiB']],
};

/** Used while the config is read, so that every reload goes by it and no snapshot shows it. */
const UNSEEN =
  /^(?:listen\[\]\.insecure|admin\.open|upstream\.insecure|keys\.ID\.exec\.timeout|keys\.ID\.vault\.(?!server$).*|vaults\..*)$/;

async function stand(t: Parameters<typeof folderOf>[0]) {
  const [a, b] = [await makePair(), await makePair()];
  const folder = await folderOf(t, {
    'a.crt': a.cert,
    'a.pem': a.key,
    'b.crt': b.cert,
    'b.pem': b.key,
    'one.key': testKey('one'),
    'other.key': testKey('other'),
    'later.key': testKey('later'),
    'hex.key': testKey('hex').toString('hex'),
  });
  // A directory is one that Kubernetes mounts, or any other.
  execFileSync('sh', ['-c', 'mkdir folder other; cp one.key other.key folder; cp other.key other/one.key'], {
    cwd: folder,
  });
  const env = {
    PATH: process.env.PATH,
    ONE: testKey('exec').toString('hex'),
    OTHER: testKey('other exec').toString('hex'),
  };
  const load = async (change: Change): Promise<Snapshot> => {
    const config: unknown = structuredClone(BASE);
    for (const [path, value] of change) put(config, path.split('.'), value);
    const { snapshot, problems } = await loadConfig(join(folder, 'config.yaml'), {
      env: { ...env, ...RAW },
      now: new Date('2026-06-01T00:00:00Z'),
      readFile: (path) => {
        const text = Buffer.from(JSON.stringify(config));
        return path.endsWith('config.yaml')
          ? Promise.resolve({ bytes: text, mode: 0o600, truncated: false })
          : readFromDisk(path);
      },
    });
    if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, 'config')).join('\n'));
    return snapshot;
  };
  return { load };
}

/** Keys of 32 letters, so that they can stand in an environment variable. */
const RAW = { ONE_RAW: 'abcdefghijklmnopqrstuvwxyz012345', OTHER_RAW: 'abcdefghijklmnopqrstuvwxyz543210' };

function put(config: unknown, [name = '', ...rest]: readonly string[], value: unknown): void {
  const place = config as Record<string, unknown>;
  if (rest.length === 0) place[name] = value;
  else {
    place[name] ??= {};
    put(place[name], rest, value);
  }
}

/** All that a snapshot says, as workers compare what they have loaded: they have to see a change of any option, too. */
function picture(snapshot: Snapshot): string {
  return snapshotDigest(snapshot, DIGEST_KEY);
}

const DIGEST_KEY = Buffer.alloc(32);

t.test('a change of every option is tried', (t) => {
  const values = options().filter(({ kind, path }) => kind === 'value' || Object.hasOwn(RESTART, path));
  t.strictSame(
    values.map(({ path }) => path).filter((path) => !Object.hasOwn(CHANGES, path)),
    [],
  );
  const known = new Set(options().map(({ path }) => path));
  t.strictSame(
    [...Object.keys(CHANGES), ...Object.keys(RESTART)].filter((path) => !known.has(path)),
    [],
  );
  t.end();
});

t.test(
  'a reload says of each option what the docs say: it takes it, or it waits for a restart',
  async (t) => {
    const { load } = await stand(t);
    const first = await load([]);
    const proxy = await startProxy(first, silentLog());
    t.teardown(() => proxy.stop());
    for (const [option, change] of Object.entries(CHANGES)) {
      const fingerprint = first.ssecKeys.find(({ ssecKey }) => ssecKey.id === 'file')?.ssecKey.fingerprint;
      const next = await load(
        change.map(([path, value]) => [path, value === 'FINGERPRINT' ? fingerprint : value] as const),
      );
      const waits = proxy.reload(next);
      t.equal(waits.length > 0, Object.hasOwn(RESTART, option), `${option}: ${waits.join(', ')}`);
      t.equal(
        picture(next) !== picture(first),
        !UNSEEN.test(option),
        `${option}: does the snapshot show it?`,
      );
      t.strictSame(proxy.reload(first), [], `${option}: back again`);
    }
  },
);

t.test('a listener that is gone waits for a restart too', async (t) => {
  const { load } = await stand(t);
  const proxy = await startProxy(await load([]), silentLog());
  t.teardown(() => proxy.stop());
  t.strictSame(proxy.reload(await load([['listen', BASE.listen.slice(0, 1)]])), ['listen']);
});
