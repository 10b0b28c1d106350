import fc from 'fast-check';
import t from 'tap';
import { createReport } from '../../src/config/problem.ts';
import { checkSplitBuckets } from '../../src/config/split-buckets.ts';
import { compileRules } from '../../src/rules/match.ts';
import { upstreamOf } from '../../src/snapshot/upstream-of.ts';
import { ENV, FILES, load, MINIMAL, makePair } from './fixture.ts';

const SEVERAL = `${MINIMAL}  - { match: { bucket: archive }, upstream: cold, encrypt: [vault] }
upstreams:
  cold:
    endpoint: https://ceph.example.org:7480
    region: default
    provider: ceph
    ca: cold.pem
    credentials: { accessKeyId: cold, secretAccessKey: { env: COLD_SECRET } }
`;
const env = { ...ENV, COLD_SECRET: 'cold-test-secret' };
const { cert } = await makePair();
const files = { ...FILES, '/etc/proxy/cold.pem': cert };

t.test(
  'builds each upstream with what it says itself, and clients that have credentials for it',
  async (t) => {
    const signers = `  - { accessKeyId: me, secretAccessKey: { env: APP_SECRET }, upstreams: { cold: same } }
  - accessKeyId: pair
    secretAccessKey: { env: APP_SECRET }
    upstream: same
    upstreams: { cold: { accessKeyId: theirs, secretAccessKey: { env: UP_SECRET } } }
keys:
`;
    const { snapshot, lines } = await load(SEVERAL.replace('keys:\n', signers), { env, files });
    t.strictSame(lines, []);
    if (!snapshot) return;
    const cold = upstreamOf(snapshot, 'archive');
    t.match(cold, {
      name: 'upstreams.cold',
      hostname: 'ceph.example.org',
      port: 7480,
      region: 'default',
      provider: { name: 'ceph' },
      addressing: 'path',
      credentials: { accessKeyId: 'cold' },
      ca: cert.trim(),
    });
    t.ok(Object.isFrozen(cold));
    t.equal(upstreamOf(snapshot, 'backups'), snapshot.upstream);
    t.equal(upstreamOf(snapshot, 'no-rule-names-it'), snapshot.upstream);
    t.equal(upstreamOf(snapshot, undefined), snapshot.upstream);
    t.equal(snapshot.upstream.ca, undefined, 'each its own authorities');
    const own = ['app', 'me', 'pair'].map((id) =>
      [...(snapshot.clients.get(id)?.signers ?? [])].map(
        ([name, { accessKeyId }]) => `${name}: ${accessKeyId}`,
      ),
    );
    t.strictSame(own, [[], ['upstreams.cold: me'], ['upstream: pair', 'upstreams.cold: theirs']]);
  },
);

t.test('says where an upstream is wrong, unknown or unused', async (t) => {
  for (const [from, to, wanted] of [
    ['upstream: cold', 'upstream: cld', /rules\[1\]\.upstream: unknown upstream "cld" .*did you mean "cold"/],
    ['upstream: cold', 'upstream: upstream', /rules\[1\]\.upstream: unknown upstream "upstream"/],
    ['upstream: cold, ', '', /warning: upstreams\.cold: no rule uses this upstream/],
    ['https://ceph', 'http://ceph', /upstreams\.cold\.endpoint: .*upstreams\.cold\.insecure: true/],
    ['https://ceph', 'https://me@ceph', /upstreams\.cold\.endpoint: has user info/],
    ['cold.pem', 'gone.pem', /upstreams\.cold\.ca: /],
    [
      'COLD_SECRET',
      'NO_SECRET',
      /upstreams\.cold\.credentials\.secretAccessKey\.env: .*NO_SECRET is not set/,
    ],
    ['provider: ceph', 'provider: cehp', /upstreams\.cold\.provider: must be one of .*did you mean "ceph"/],
    ['provider: ceph', 'providr: ceph', /upstreams\.cold\.providr: unknown field/],
    ['  cold:', '  "c d":', /an id is 1 to 64 letters/],
    ['app,', 'app, upstreams: { hot: same },', /clients\[0\]\.upstreams\.hot: unknown upstream "hot"/],
  ] as const) {
    const { lines, snapshot } = await load(SEVERAL.replace(from, to), { env, files });
    t.match(lines.join('\n'), wanted, `${from} → ${to}`);
    t.equal(snapshot === undefined, !lines.every((line) => line.startsWith('warning')));
  }
  const none = await load(MINIMAL.replace('bucket: backups }', 'bucket: backups }\n    upstream: cold'));
  t.match(none.lines.join('\n'), /rules\[0\]\.upstream: unknown upstream "cold" .*there are no upstreams/);
});

interface Spec {
  readonly bucket: string;
  readonly prefix: string;
  readonly upstream: 'a' | 'b' | undefined;
}

function split(specs: readonly Spec[]): string[] {
  const report = createReport(() => ({ line: 1, column: 1 }));
  checkSplitBuckets(
    {
      rules: specs.map(({ bucket, prefix, upstream }) => ({
        match: { bucket, prefix },
        encrypt: 'off',
        ...(upstream === undefined ? {} : { upstream }),
      })),
    },
    report,
  );
  return report.problems().map(({ path, message }) => `${path}: ${message}`);
}

const on = (bucket: string, upstream?: Spec['upstream'], prefix = ''): Spec => ({ bucket, prefix, upstream });

t.test('refuses rules that put one bucket on two upstreams', async (t) => {
  for (const pair of [
    [on('abc'), on('abc', 'a', 'x/')],
    [on('abc', 'b', 'x/'), on('abc', 'a', 'y/')],
    [on('a*'), on('*c', 'a')],
    [on('a*', 'b'), on('abc', 'a', 'x/')],
    [on('abc', 'a', 'x/'), on('a?c')],
  ]) {
    t.strictSame(
      split(pair).map((line) => line.split(':')[0]),
      ['rules[1].match.bucket'],
      JSON.stringify(pair),
    );
  }
  t.match(
    split([on('logs-*'), on('*-2026', 'a')])[0],
    /a bucket such as "logs-.*2026" would be on upstreams\.a, and because of rules\[0\] on upstream/,
  );
  for (const pair of [
    [on('abc', 'a'), on('abc', 'a', 'x/')],
    [on('abc', 'a'), on('abd', 'b')],
    [on('a*', 'a'), on('b*')],
    // The exact bucket leaves nothing to the glob.
    [on('*'), on('abc', 'a')],
    [on('abc', 'a'), on('abc', 'a', 'x/'), on('*', 'b')],
  ]) {
    t.strictSame(split(pair), [], JSON.stringify(pair));
  }
});

t.test(
  'of rules that are not refused, the rule of every object is on the upstream of its bucket',
  async (t) => {
    const bucket = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 3 });
    const spec = fc.record({
      bucket,
      prefix: fc.constantFrom('', 'x', 'xy'),
      upstream: fc.constantFrom('a' as const, 'b' as const, undefined),
    });
    const names = ['a', 'b', 'aa', 'ab', 'ba', 'bb', 'aab', 'aba', 'bab', 'bba'];
    let [refused, taken] = [0, 0];
    fc.assert(
      fc.property(
        fc.uniqueArray(spec, { maxLength: 4, selector: (one) => `${one.bucket} ${one.prefix}` }),
        (specs) => {
          const compiled = compileRules(
            specs.map((one, index) => ({
              ...one,
              name: `rules[${index}]`,
              encryption: { kind: 'off' },
              plainReads: 'deny',
              clientHeaders: 'reject',
              foreignUploads: 'deny',
              declassify: false,
            })),
            'deny',
          );
          if (split(specs).length > 0) {
            refused += 1;
            return true;
          }
          taken += 1;
          return names.every((name) =>
            ['', 'x', 'xy'].every((objectKey) => {
              const match = compiled.matchObject(name, objectKey);
              return match.kind === 'default' || match.rule.upstream === compiled.upstreamOf(name);
            }),
          );
        },
      ),
      { numRuns: 1000 },
    );
    t.ok(refused > 50 && taken > 50, `${refused} refused, ${taken} taken`);
  },
);

t.test('warns where one client can take all connections to a store', async (t) => {
  const few = MINIMAL.replace(
    '  region: eu-test-1\n',
    '  region: eu-test-1\n  limits: { connections: 100 }\n',
  );
  const { lines } = await load(few);
  t.match(lines, [
    /one client can take all 100 connections to the store, since limits\.requestsPerClient is 256/,
  ]);
  const { lines: none } = await load(`${few}limits: { requestsPerClient: 99 }\n`);
  t.strictSame(none, []);
});

t.test('a dialect that nobody has tried at its service is warned of, and wants its provider', async (t) => {
  const asked = (provider: string): string =>
    SEVERAL.replace('    provider: ceph\n', `    provider: ${provider}\n    dialect: google\n`);
  const { snapshot, lines } = await load(asked('generic'), { env, files });
  t.equal(upstreamOf(snapshot as NonNullable<typeof snapshot>, 'archive').dialect?.name, 'google');
  t.match(lines.join('\n'), /upstreams\.cold\.dialect.*unverified/);
  const other = await load(asked('ceph'), { env, files });
  t.equal(other.snapshot, undefined);
  t.match(other.lines.join('\n'), /dialect: google, but provider: ceph/);
});
