import aws4 from 'aws4';
import fc from 'fast-check';
import t from 'tap';
import { encodeComponent, encodePath } from '../../src/s3/percent.ts';
import { Secret } from '../../src/secret.ts';
import { loadAws4 } from '../../src/sigv4/aws4.ts';
import { presign, sign } from '../../src/sigv4/sign.ts';
import type { SignBy, ToSign } from '../../src/sigv4/to-sign.ts';
import { bucketNames, objectKeys, queryText } from '../support/arbitrary.ts';
import { onWire } from '../support/headers.ts';
import { CLIENT, NOW, REGION } from '../support/signed.ts';

/** Values with blanks where canonical forms differ, and letters beyond ASCII. */
const values = fc
  .array(
    fc.constantFrom('a', 'B', '7', ' ', '   ', '\t', ' \t ', 'é', '日本', '😀', '"', ',', ';', ':', '='),
    {
      maxLength: 15,
    },
  )
  .map((parts) => parts.join(''));

const headers = fc
  .record(
    {
      'content-type': values,
      'content-md5': fc.constant('1B2M2Y8AsgTpgAmY7PhCfg=='),
      range: fc.constant('bytes=0-9'),
      'user-agent': values,
      'x-amz-date': fc.constantFrom('20000101T000000Z', 'yesterday'),
      'x-amz-meta-a': values,
      'x-amz-meta-a-b': values,
      'x-amz-meta-ab': values,
      'x-amz-security-token': fc.base64String({ maxLength: 200 }),
      'x-amz-server-side-encryption-customer-algorithm': fc.constant('AES256'),
    },
    { requiredKeys: [] },
  )
  .chain((some) =>
    fc
      .dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9!#$%&'*+.^_`|~-]{1,9}$/), values, { maxKeys: 20 })
      .map((more) => ({ ...more, ...some })),
  );

const queries = fc.uniqueArray(fc.tuple(queryText, queryText, fc.boolean()), {
  selector: ([name]) => name,
  maxLength: 6,
});

const payloads = fc.oneof(
  fc.constantFrom('UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
  fc.stringMatching(/^[0-9a-f]{64}$/),
);

interface Random {
  readonly request: ToSign;
  readonly by: SignBy;
}

const requests: fc.Arbitrary<Random> = fc
  .record({
    method: fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE', 'OPTIONS'),
    bucket: bucketNames,
    objectKey: fc.option(objectKeys, { nil: '' }),
    query: queries,
    headers,
    payload: payloads,
    host: fc.constantFrom('127.0.0.1:8443', 'store.example.org', '[::1]:9000'),
    accessKeyId: fc.stringMatching(/^[A-Za-z0-9/+=._-]{1,30}$/),
    secret: fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed()),
    region: fc.stringMatching(/^[a-z]{2}-[a-z0-9-]{1,10}$/),
    now: fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
  })
  .map(
    ({
      method,
      bucket,
      objectKey,
      query,
      headers: others,
      payload,
      host,
      accessKeyId,
      secret,
      region,
      now,
    }) => ({
      request: {
        method,
        path: `/${bucket}/${encodePath(objectKey)}${queryOf(query)}`,
        headers: {
          ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, onWire(value)])),
          host,
          'x-amz-content-sha256': payload,
        },
      },
      by: { credentials: { accessKeyId, secretAccessKey: new Secret(secret) }, region, now },
    }),
  );

/** aws4 drops a parameter without a name, and one that is called as what all objects have. */
function queryOf(query: readonly (readonly [name: string, value: string, equals: boolean])[]): string {
  const parameters = query
    .filter(([name]) => name !== '' && name !== '__proto__')
    .map(([name, value, equals]) =>
      equals ? `${encodeComponent(name)}=${encodeComponent(value)}` : encodeComponent(name),
    );
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/** aws4 takes values as texts, not as bytes, and leaves some headers out. */
const UNSIGNED_BY_AWS4 = new Set(['range', 'user-agent']);

function oracle({
  request: { method, path, headers: given },
  by: { credentials, region, now },
}: Random): string {
  const texts = Object.entries(given).map(([name, value]) => [name, Buffer.from(value, 'latin1').toString()]);
  const date = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const signed = aws4.sign(
    { method, path, service: 's3', region, headers: { ...Object.fromEntries(texts), 'x-amz-date': date } },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
  );
  return String(signed.headers?.Authorization);
}

t.test('its signatures equal those of aws4 for random requests', async () => {
  fc.assert(
    fc.property(requests, (random) => {
      const request = { ...random.request, covers: (name: string) => !UNSIGNED_BY_AWS4.has(name) };
      return sign(request, random.by).authorization === oracle(random);
    }),
    { numRuns: 1000 },
  );
});

t.test('`signer: aws4` makes the same signatures, whatever the values', async () => {
  await loadAws4();
  fc.assert(
    fc.property(requests, ({ request, by }) => {
      const covered = { ...request, covers: (name: string) => !UNSIGNED_BY_AWS4.has(name) };
      const [own, other] = [sign(covered, by), sign(covered, { ...by, signer: 'aws4' })];
      return own.authorization === other.authorization && own['x-amz-date'] === other['x-amz-date'];
    }),
    { numRuns: 300 },
  );
});

t.test('its presigned links equal those of aws4', async () => {
  fc.assert(
    fc.property(requests, fc.option(fc.integer({ min: 1, max: 604_800 })), ({ request, by }, expires) => {
      const { method, headers: given } = request;
      const { host = '' } = given;
      const and = request.path.includes('?') ? '&' : '?';
      const path = expires === null ? request.path : `${request.path}${and}X-Amz-Expires=${expires}`;
      const date = by.now.toISOString().replace(/[:-]|\.\d{3}/g, '');
      const { accessKeyId, secretAccessKey } = by.credentials;
      const theirs = aws4.sign(
        {
          method,
          path: `${path}${path.includes('?') ? '&' : '?'}X-Amz-Date=${date}`,
          service: 's3',
          region: by.region,
          signQuery: true,
          headers: { host },
        },
        { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
      );
      const signatureIn = (link: unknown): string | null =>
        new URL(String(link), 'https://h').searchParams.get('X-Amz-Signature');
      return signatureIn(presign({ method, path, host }, by)) === signatureIn(theirs.path);
    }),
    { numRuns: 300 },
  );
});

t.test('signs a target that is not strictly encoded as stores read it', async (t) => {
  const by = { credentials: CLIENT, region: REGION, now: NOW };
  const signed = (path: string): string =>
    sign({ method: 'GET', path, headers: { host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }, by)
      .authorization;
  const same: readonly (readonly [loose: string, strict: string])[] = [
    ['/b/%c3%bc', '/b/%C3%BC'],
    ['/b/a%2Fb', '/b/a/b'],
    ['/b/%41%7E', '/b/A~'],
    ["/b/(1)'!*+", '/b/%281%29%27%21%2A%2B'],
    ['/b?prefix=a/b', '/b?prefix=a%2Fb'],
    ['/b?prefix=a=b', '/b?prefix=a%3Db'],
    ['/b?a=1+2', '/b?a=1%202'],
    ['/b?acl', '/b?acl='],
    ['/b?&a=1&&b=2&', '/b?b=2&a=1'],
    ['/b?a-b=1&a=2&a1=3', '/b?a=2&a-b=1&a1=3'],
  ];
  for (const [loose, strict] of same) t.equal(signed(loose), signed(strict), loose);
  t.not(signed('/b/%2541'), signed('/b/A'), 'an escape is decoded once');
  t.not(signed('/b//a'), signed('/b/a'));
});

t.test('keys are of their credentials, region and day', async (t) => {
  const request = {
    method: 'GET',
    path: '/b',
    headers: { host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  };
  const secrets = ['one', 'other'].map((text) => new Secret(text));
  const days = ['2026-06-01T23:59:59Z', '2026-06-02T00:00:00Z'].map((text) => new Date(text));
  const regions = Array.from({ length: 70 }, (_, index) => `r-${index}`);
  // Twice, so that every key is asked for when it is known and when it is forgotten.
  for (const _ of [1, 2])
    for (const secretAccessKey of secrets) {
      const credentials = { accessKeyId: 'same', secretAccessKey };
      for (const region of regions)
        for (const now of days) {
          const by = { credentials, region, now };
          if (sign(request, by).authorization !== oracle({ request, by }))
            t.fail(`${region} ${now.toISOString()}`);
        }
    }
});
