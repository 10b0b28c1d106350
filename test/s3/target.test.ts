import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { encodeComponent, encodePath } from '../../src/s3/percent.ts';
import { parseCopySource, parseTarget, pathOf } from '../../src/s3/target.ts';
import { bucketNames, objectKeys } from '../support/arbitrary.ts';
import { codeOf } from '../support/failure.ts';
import { onWire } from '../support/headers.ts';

const path = (rawTarget: string) => parseTarget(rawTarget, undefined, []);

t.test('distinguishes service, bucket and object in path style', async (t) => {
  t.match(path('/'), { shape: 'service' });
  t.match(path('/?x-id=ListBuckets'), { shape: 'service' });
  t.match(path('/bucket'), { shape: 'bucket', bucket: 'bucket' });
  t.match(path('/bucket/'), { shape: 'bucket', bucket: 'bucket' });
  t.match(path('/bucket/?acl'), { shape: 'bucket', bucket: 'bucket' });
  t.match(path('/bucket/key'), { shape: 'object', bucket: 'bucket', objectKey: 'key' });
  t.match(path('/bucket/key/'), { shape: 'object', objectKey: 'key/' });
});

t.test('normalises nothing of an object key', async (t) => {
  const keys = {
    '/bucket//key': '/key',
    '/bucket///': '//',
    '/bucket/a//b': 'a//b',
    '/bucket/.': '.',
    '/bucket/..': '..',
    '/bucket/../other/key': '../other/key',
    '/bucket/./a/../b': './a/../b',
    '/bucket/a%2Fb': 'a/b',
    '/bucket/%2E%2E/x': '../x',
    '/bucket/a+b': 'a+b',
    '/bucket/a%2Bb': 'a+b',
    '/bucket/a%20b': 'a b',
    '/bucket/%253F': '%3F',
    '/bucket/a%3Fb%23c': 'a?b#c',
    '/bucket/a#b': 'a#b',
    '/bucket/%F0%9F%98%80': '😀',
  };
  for (const [rawTarget, objectKey] of Object.entries(keys)) {
    t.match(path(rawTarget), { shape: 'object', bucket: 'bucket', objectKey }, rawTarget);
  }
});

t.test('ends the path at the first question mark', async (t) => {
  const target = path('/bucket/a?prefix=b?c');
  t.match(target, { objectKey: 'a' });
  t.equal(target.query.get('prefix'), 'b?c');
});

t.test('refuses targets that are not paths, broken escapes and invalid UTF-8', async (t) => {
  for (const rawTarget of [
    '*',
    '',
    'http://host/bucket/key',
    'bucket/key',
    '/bucket/%',
    '/bucket/%FF',
    '/bucket/%00',
    '/bucket/k?prefix=%00',
    '/%C3/key',
  ]) {
    t.equal(
      codeOf(() => path(rawTarget)),
      'InvalidURI',
      rawTarget,
    );
  }
});

t.test('takes bucket names by the rule for paths', async (t) => {
  const good = ['abc', 'a.b', 'a-b', '0a0', 'Old_Bucket', 'A1B', 'x'.repeat(63), 'a..b', '192.168.0.1'];
  for (const bucket of good) t.match(path(`/${bucket}/k`), { bucket }, bucket);
  const bad = [
    'ab',
    '.ab',
    'ab.',
    '-ab',
    'ab-',
    '_ab',
    'ab_',
    'x'.repeat(64),
    'a%20b',
    'a%3Ab',
    'a%C3%A9b',
    'a@b',
    '..',
    '.',
  ];
  for (const bucket of bad)
    t.equal(
      codeOf(() => path(`/${bucket}/k`)),
      'InvalidBucketName',
      bucket,
    );
  t.equal(
    codeOf(() => path('//bucket/key')),
    'InvalidBucketName',
    'an empty name',
  );
  t.equal(
    codeOf(() => path('/abc%0A/key')),
    'InvalidBucketName',
    'a line break at the end',
  );
});

t.test('reads the bucket from the host under a domain', async (t) => {
  const domains = ['s3.example.org'];
  const host = (name: string, rawTarget = '/a/b') => parseTarget(rawTarget, name, domains);
  t.match(host('bucket.s3.example.org'), { shape: 'object', bucket: 'bucket', objectKey: 'a/b' });
  t.match(host('bucket.S3.Example.ORG:8443'), { bucket: 'bucket' });
  t.match(host('my.dotted.bucket.s3.example.org'), { bucket: 'my.dotted.bucket' });
  t.match(host('bucket.s3.example.org', '/'), { shape: 'bucket', bucket: 'bucket' });
  t.match(host('bucket.s3.example.org', '//a'), { objectKey: '/a' });
  t.match(
    host('s3.example.org', '/bucket/key'),
    { bucket: 'bucket', objectKey: 'key' },
    'the domain is path style',
  );
  t.match(host('s3.example.org', '/'), { shape: 'service' });
  t.match(host('elsewhere.test', '/bucket/key'), { bucket: 'bucket' }, 'another name is path style');
  t.match(host('evils3.example.org', '/bucket/key'), { bucket: 'bucket' }, 'a label is whole');
});

t.test('takes bucket names by the stricter rule in a host', async (t) => {
  for (const bucket of ['under_score', 'ab', '-ab', 'ab-', 'x'.repeat(64), '', 'a b', 'a/b']) {
    t.equal(
      codeOf(() => parseTarget('/key', `${bucket}.s3.example.org`, ['s3.example.org'])),
      'InvalidBucketName',
      bucket,
    );
  }
});

t.test('chooses the longest of several domains, in any order', async (t) => {
  for (const domains of [
    ['example.org', 's3.example.org'],
    ['s3.example.org', 'example.org'],
  ]) {
    t.match(parseTarget('/key', 'bucket.s3.example.org', domains), { bucket: 'bucket' });
    t.match(parseTarget('/bucket/key', 's3.example.org', domains), { bucket: 'bucket', objectKey: 'key' });
    t.match(parseTarget('/key', 'bucket.example.org', domains), { bucket: 'bucket' });
  }
});

t.test('counts the length of an object key in bytes', async (t) => {
  t.match(path(`/bucket/${'k'.repeat(1024)}`), { shape: 'object' });
  t.equal(
    codeOf(() => path(`/bucket/${'k'.repeat(1025)}`)),
    'KeyTooLongError',
  );
  t.match(path(`/bucket/${'%C3%A9'.repeat(512)}`), { shape: 'object' });
  t.equal(
    codeOf(() => path(`/bucket/${'%C3%A9'.repeat(513)}`)),
    'KeyTooLongError',
  );
});

t.test('signs the decoded path, encoded strictly', async (t) => {
  t.equal(path("/bucket/a!b'(c)*d:e@f+g=h~i").canonicalPath, '/bucket/a%21b%27%28c%29%2Ad%3Ae%40f%2Bg%3Dh~i');
  t.equal(path('/bucket/').canonicalPath, '/bucket/', 'a slash at the end stays');
  t.equal(path('/bucket//..//%2f').canonicalPath, '/bucket//..///');
});

t.test('keeps random object keys byte for byte, in both styles', async () => {
  fc.assert(
    fc.property(bucketNames, objectKeys, (bucket, objectKey) => {
      const inPath = path(`/${bucket}/${encodePath(objectKey)}`);
      const inHost = parseTarget(`/${encodePath(objectKey)}`, `${bucket}.s3.test`, ['s3.test']);
      const again = path(pathOf(inPath));
      return [inPath, inHost, again].every(
        (target) => target.shape === 'object' && target.bucket === bucket && target.objectKey === objectKey,
      );
    }),
    { numRuns: 300 },
  );
});

t.test('reads a path that means itself as it reads any other', async () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '.', '_', '~', '/'), maxLength: 40 });
  fc.assert(
    fc.property(bucketNames, plain, (bucket, objectKey) => {
      const rawTarget = `/${bucket}/${objectKey}`;
      const { query, ...others } = path(rawTarget);
      const { query: alike, ...same } = path(`${rawTarget}?`);
      assert.deepEqual(others, same);
      assert.equal(others.canonicalPath, encodePath(rawTarget));
      assert.equal(query.size + alike.size, 0);
    }),
  );
});

t.test('reads copy sources however clients write them', async (t) => {
  const source = { bucket: 'bucket', objectKey: 'a b/c', versionId: undefined };
  for (const [value, slash] of [
    ['bucket/a%20b/c', false],
    ['/bucket/a%20b/c', true],
    ['bucket/a b/c', false],
    ['bucket%2Fa%20b%2Fc', false],
    ['%2Fbucket%2Fa%20b/c', true],
  ] as const) {
    t.same(parseCopySource(value), { ...source, slash }, value);
  }
  t.match(parseCopySource('bucket/k?versionId=v1'), { objectKey: 'k', versionId: 'v1' });
  t.match(parseCopySource('bucket/k%3FversionId=v1'), { objectKey: 'k?versionId=v1', versionId: undefined });
  t.match(parseCopySource('bucket/a?b'), { objectKey: 'a?b', versionId: undefined });
  t.match(parseCopySource('bucket/a?versionId=1?versionId=2'), {
    objectKey: 'a?versionId=1',
    versionId: '2',
  });
  t.match(parseCopySource('bucket//a/../b'), { objectKey: '/a/../b' });
  t.match(parseCopySource('bucket/a+b'), { objectKey: 'a+b' });
  t.match(parseCopySource('bucket/%252F'), { objectKey: '%2F' });
  t.match(parseCopySource(onWire('bucket/é')), { objectKey: 'é' }, 'unescaped UTF-8');
});

t.test('refuses copy sources without a bucket and an object key', async (t) => {
  const bad = [
    '',
    '/',
    'bucket',
    'bucket/',
    '/bucket/',
    '//key',
    'ab/key',
    'b@d/key',
    '?versionId=1',
    'arn:aws:s3:::b/k',
  ];
  for (const value of bad)
    t.equal(
      codeOf(() => parseCopySource(value)),
      'InvalidArgument',
      value,
    );
  t.equal(
    codeOf(() => parseCopySource('bucket/%FF')),
    'InvalidArgument',
  );
  t.equal(
    codeOf(() => parseCopySource('bucket/%')),
    'InvalidArgument',
  );
  t.equal(
    codeOf(() => parseCopySource(`bucket/${'k'.repeat(1025)}`)),
    'KeyTooLongError',
  );
});

t.test('reads back every copy source that is encoded', async () => {
  fc.assert(
    fc.property(bucketNames, objectKeys, (bucket, objectKey) => {
      const kept = parseCopySource(`/${bucket}/${encodePath(objectKey)}`);
      const whole = parseCopySource(encodeComponent(`${bucket}/${objectKey}`));
      return [kept, whole].every((source) => source.bucket === bucket && source.objectKey === objectKey);
    }),
  );
});
