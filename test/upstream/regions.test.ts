import t from 'tap';
import { PROVIDER_NAMES, PROVIDERS } from '../../src/s3/providers.ts';
import { BucketRegions } from '../../src/upstream/bucket-regions.ts';
import { hasRegions, inRegion, isRegion } from '../../src/upstream/regions.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { snapshotOf } from '../support/snapshot.ts';

const AWS = { provider: PROVIDERS.aws };

const at = (hostname: string, more: Partial<Upstream> = {}): Upstream =>
  snapshotOf({ upstream: { hostname, region: 'us-east-1', ...more } }).upstream;

t.test("the provider's own endpoints lead to its other regions, in their own kind", (t) => {
  for (const [here, there] of [
    ['s3.us-east-1.amazonaws.com', 's3.eu-west-1.amazonaws.com'],
    ['s3.amazonaws.com', 's3.eu-west-1.amazonaws.com'],
    ['s3.dualstack.us-east-1.amazonaws.com', 's3.dualstack.eu-west-1.amazonaws.com'],
    ['s3-fips.us-gov-west-1.amazonaws.com', 's3-fips.eu-west-1.amazonaws.com'],
    ['s3.cn-north-1.amazonaws.com.cn', 's3.eu-west-1.amazonaws.com.cn'],
  ] as const) {
    const upstream = at(here);
    t.ok(hasRegions(upstream), here);
    t.match(inRegion(upstream, 'eu-west-1'), { hostname: there, region: 'eu-west-1', port: 443 }, here);
    t.equal(inRegion(upstream, upstream.region), upstream, 'its own');
  }
  t.end();
});

t.test('regions of OBS are at hosts of the same kind, and have names of their own form', (t) => {
  const obs = (hostname: string) => at(hostname, { provider: PROVIDERS.obs, region: 'eu-de' });
  for (const [here, region, there] of [
    ['obs.eu-west-101.myhuaweicloud.eu', 'eu-west-200', 'obs.eu-west-200.myhuaweicloud.eu'],
    ['obs.cn-north-4.myhuaweicloud.com', 'la-north-2', 'obs.la-north-2.myhuaweicloud.com'],
    ['obs.myhuaweicloud.com', 'cn-north-4', 'obs.cn-north-4.myhuaweicloud.com'],
    ['obs.eu-de.otc.t-systems.com', 'eu-nl', 'obs.eu-nl.otc.t-systems.com'],
  ] as const) {
    t.ok(hasRegions(obs(here)), here);
    t.equal(inRegion(obs(here), region).hostname, there);
  }
  for (const text of [
    'eu-de.evil.test',
    'eu',
    'EU-DE',
    'eu-de/',
    'eu--de',
    'x@eu-de',
    '-eu-de',
    'eu-de-',
    '127-0-0-1',
  ])
    t.notOk(isRegion(text, { provider: PROVIDERS.obs }), text);
  t.notOk(hasRegions(obs('obs.example.org')));
  t.end();
});

t.test('no other endpoint leads anywhere', (t) => {
  for (const hostname of [
    'localhost',
    's3.us-east-1.amazonaws.com.evil.test',
    'evil-s3.us-east-1.amazonaws.com',
    's3.us-east-1.amazonaws.com.cn.test',
    's3..amazonaws.com',
    's3.evil.us-east-1.amazonaws.com',
    'bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com',
    's3.us-east-1.wasabisys.com',
  ]) {
    const upstream = at(hostname);
    t.notOk(hasRegions(upstream), hostname);
    t.equal(inRegion(upstream, 'eu-west-1'), upstream, hostname);
  }
  t.notOk(hasRegions(at('s3.us-east-1.amazonaws.com', { basePath: '/base' })));
  // OBS has regions too, at hosts of its own.
  for (const name of PROVIDER_NAMES.filter((one) => one !== 'aws'))
    t.notOk(hasRegions(at('s3.us-east-1.amazonaws.com', { provider: PROVIDERS[name] })), name);
  t.end();
});

t.test('nothing but the name of a region becomes part of a host', (t) => {
  for (const region of ['eu-west-1', 'us-gov-east-1', 'ap-southeast-10', 'eusc-de-east-1', 'us-iso-west-1'])
    t.ok(isRegion(region, AWS), region);
  const upstream = at('s3.us-east-1.amazonaws.com');
  for (const text of [
    '',
    'EU-WEST-1',
    'eu-west-1.evil.test',
    'evil.test/',
    'eu-west-1/',
    'x@eu-west-1',
    'eu-west-1#',
    'eu-west-1:1',
    'eu-west-1\n',
    'eu--west-1',
    'eu-west-1-',
    '127.0.0.1',
    'eu-west',
    `${'a-'.repeat(200)}1`,
  ]) {
    t.notOk(isRegion(text, AWS), text);
    t.throws(() => inRegion(upstream, text), TypeError, text);
  }
  t.end();
});

t.test('remembers the regions of so many buckets, store by store', (t) => {
  const [one, other] = [at('one.test'), at('other.test')];
  const regions = new BucketRegions(2);
  regions.remember(one, 'a', 'eu-west-1');
  regions.remember(other, 'a', 'eu-west-2');
  t.equal(regions.recall(one, 'a'), 'eu-west-1');
  t.equal(regions.recall(at('one.test'), 'a'), 'eu-west-1', 'after a reload too');
  regions.remember(one, 'b', 'eu-west-3');
  t.equal(regions.recall(other, 'a'), undefined, 'the one that was not asked for longest');
  regions.remember(one, 'b', 'eu-west-4');
  t.equal(regions.recall(one, 'b'), 'eu-west-4');
  regions.forget(one, 'b');
  t.equal(regions.recall(one, 'b'), undefined);
  t.end();
});
