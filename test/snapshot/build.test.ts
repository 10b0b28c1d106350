import { inspect } from 'node:util';
import t from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { PROVIDER_NAMES } from '../../src/s3/providers.ts';
import { sign } from '../../src/sigv4/sign.ts';
import { load, MINIMAL, testKey } from '../config/fixture.ts';

t.test('the snapshot is frozen all the way down', async (t) => {
  const { snapshot } = await load(MINIMAL);
  t.ok(snapshot);
  const [rule] = snapshot?.rules.rules ?? [];
  const parts = [
    snapshot,
    snapshot?.listeners,
    snapshot?.listeners[0],
    snapshot?.upstream,
    snapshot?.upstream.timeouts,
    snapshot?.upstream.credentials,
    snapshot?.clients.get('app'),
    snapshot?.rules,
    snapshot?.rules.rules,
    rule,
    rule?.encryption,
    snapshot?.limits,
  ];
  for (const part of parts) t.ok(Object.isFrozen(part));
});

t.test('what names of buckets are compared with is matched in the fast way', async (t) => {
  const { snapshot } = await load(MINIMAL);
  t.notOk(Object.isFrozen(snapshot?.upstream.provider.reserved.buckets));
});

t.test('the snapshot prints neither secrets nor keys', async (t) => {
  const { snapshot } = await load(MINIMAL);
  const printed = inspect(snapshot, { depth: 20, showHidden: true }) + JSON.stringify(snapshot);
  t.notMatch(printed, /test-secret/);
  t.notOk(printed.includes(testKey('vault').toString('base64')));
  t.notOk(printed.includes(testKey('vault').toString('hex')));
});

t.test('rules keep their place in the config as their name, and their ring its order', async (t) => {
  const text = MINIMAL.replace('rules:', '  older: { file: keys/older, format: velero }\nrules:').replace(
    '[vault]',
    '[older, vault]',
  );
  const older = Buffer.concat([testKey('older'), Buffer.from('rest')]);
  const { snapshot } = await load(text, {
    files: { '/etc/proxy/keys/vault': testKey('vault'), '/etc/proxy/keys/older': older },
  });
  const [rule] = snapshot?.rules.rules ?? [];
  t.equal(rule?.name, 'rules[0]');
  const ring = rule?.encryption.kind === 'ssec' ? rule.encryption.ring : [];
  t.strictSame(
    ring.map(({ ssecKey: { id, md5 } }) => [id, md5]),
    ['older', 'vault'].map((id) => [id, new SseKey(id, testKey(id)).md5]),
  );
});

t.test('the endpoint is taken apart', async (t) => {
  const upstream = async (url: string) => {
    const { snapshot } = await load(MINIMAL.replace('https://s3.example.org', url));
    const { protocol, hostname, port, basePath } = snapshot?.upstream ?? {};
    return [protocol, hostname, port, basePath];
  };
  t.strictSame(await upstream('https://S3.example.org'), ['https:', 's3.example.org', 443, '']);
  t.strictSame(await upstream('https://s3.example.org:9000/'), ['https:', 's3.example.org', 9000, '']);
  t.strictSame(await upstream('https://s3.example.org/base/s3/'), [
    'https:',
    's3.example.org',
    443,
    '/base/s3',
  ]);
  t.strictSame(await upstream('https://[::1]:9000'), ['https:', '::1', 9000, '']);
  t.strictSame(await upstream('http://store\n  insecure: true'), ['http:', 'store', 80, '']);
});

t.test('addressing is the provider’s unless stated', async (t) => {
  const addressing = async (more: string) => {
    const { snapshot } = await load(MINIMAL.replace('  region:', `${more}  region:`));
    return snapshot?.upstream.addressing;
  };
  t.equal(await addressing(''), 'path');
  t.equal(await addressing('  provider: aws\n'), 'virtual');
  t.equal(await addressing('  provider: aws\n  addressing: path\n'), 'path');
});

t.test('ETags get a mark where those of the provider are not MD5s, unless stated', async (t) => {
  const etags = async (provider: string, etag: string) => {
    const more = `  provider: ${provider}\n  addressing: path\n  etag: ${etag}\n`;
    const { snapshot } = await load(MINIMAL.replace('  region:', `${more}  region:`));
    return snapshot?.upstream.etags;
  };
  for (const provider of PROVIDER_NAMES) {
    const md5 = ['ceph', 'hetzner', 'seaweedfs'].includes(provider);
    t.equal(await etags(provider, 'auto'), md5 ? 'as-is' : 'marked', provider);
    t.equal(await etags(provider, 'mark'), 'marked');
    t.equal(await etags(provider, 'passthrough'), 'as-is');
  }
});

t.test('aws4 signs where the config says so, and is there by then', async (t) => {
  const signature = async (more: string): Promise<string> => {
    const { snapshot } = await load(MINIMAL.replace('  region:', `${more}  region:`));
    if (!snapshot) throw new Error('the config was refused');
    const { signer, credentials, region } = snapshot.upstream;
    t.equal(signer, more === '' ? 'own' : 'aws4');
    const headers = { host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const by = { credentials, region, now: new Date('2026-06-01T12:00:00Z'), signer };
    return sign({ method: 'GET', path: '/b', headers }, by).authorization;
  };
  t.equal(await signature(''), await signature('  signer: aws4\n'));
});
