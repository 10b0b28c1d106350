import { CopyObjectCommand, PutBucketEncryptionCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { faultOfOurs, misdirected } from '../../../src/proxy/reply/our-faults.ts';
import { blockingOf, unblockCommand } from '../../../src/ssec/blocked.ts';
import type { Upstream } from '../../../src/upstream/upstream.ts';
import { BUCKETS, failureOf, startStand } from '../../e2e/support.ts';
import { responseWith, withExchange } from '../../support/exchange.ts';
import { testCredentials } from '../../support/snapshot.ts';

const PAIR = testCredentials('store');
const SIGNED = { upstream: { name: 'upstream', credentials: PAIR } as Upstream, credentials: PAIR };
const RAW = 'GET /vault/k HTTP/1.1\r\nHost: a\r\n\r\n';

t.test('takes the blame for what is not between the client and the store', async (t) => {
  await withExchange(RAW, async ({ exchange }) => {
    for (const code of [
      'SignatureDoesNotMatch',
      'InvalidAccessKeyId',
      'RequestTimeTooSkewed',
      'ExpiredToken',
    ]) {
      const fault = faultOfOurs(
        exchange.log,
        { code, message: 'words of the store', fields: { Foo: 'bar' } },
        SIGNED,
      );
      t.match(fault, { code: 'ServiceUnavailable', status: 503, fields: {} }, code);
      t.notMatch(fault?.message, /words of the store/);
      t.match(exchange.log.cause, new RegExp(`${code}; (check|set|renew) `));
    }
  });
});

t.test('names the client whose own pair the store refuses', async (t) => {
  await withExchange(RAW, async ({ exchange }) => {
    exchange.log.client = 'AKIDOWN';
    const error = { code: 'InvalidAccessKeyId', message: 'm', fields: {} };
    faultOfOurs(exchange.log, error, { ...SIGNED, credentials: testCredentials('own') });
    t.match(
      exchange.log.cause,
      /InvalidAccessKeyId; check the credentials of client AKIDOWN \(its option upstream\)$/,
    );
  });
});

t.test('leaves the client what is its own', async (t) => {
  await withExchange(RAW, async ({ exchange }) => {
    for (const code of [
      'NoSuchKey',
      'AccessDenied',
      'InvalidRequest',
      'constructor',
      '__proto__',
      'toString',
    ])
      t.equal(faultOfOurs(exchange.log, { code, message: 'm', fields: {} }, SIGNED), undefined, code);
    t.equal(exchange.log.cause, undefined);
  });
});

t.test('tells the operator where a redirect points by its region, and nobody by its address', async (t) => {
  for (const [region, said] of [
    ['eu-west-1', /\(it is in eu-west-1\)$/],
    ['eu-west-1\t<a>', /for this bucket$/],
    ['evil.test/', /for this bucket$/],
  ] as const) {
    await withExchange(RAW, async ({ exchange }) => {
      await responseWith(
        [`x-amz-bucket-region: ${region}`, 'location: http://evil.test/'],
        async (response) => {
          t.match(
            misdirected(exchange.log, response, {
              upstream: { name: 'upstream' } as Upstream,
              ssecKeys: [],
            }),
            { code: 'ServiceUnavailable', status: 503 },
          );
          t.match(exchange.log.cause, said);
          t.notMatch(exchange.log.cause, 'evil');
        },
      );
    });
  }
});

t.test('a bucket that blocks SSE-C is told as one, and the log has the command that allows it', async (t) => {
  const { s3, direct, log } = await startStand(t);
  const Bucket = BUCKETS.secret;
  const block = (type: 'SSE-C' | 'NONE') =>
    direct.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
              BlockedEncryptionTypes: { EncryptionType: [type] },
            },
          ],
        },
      }),
    );
  await s3.send(new PutObjectCommand({ Bucket, Key: 'before', Body: 'x' }));
  await block('SSE-C');
  const put = new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' });
  const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/before` });
  for (const write of [() => s3.send(put), () => s3.send(copy)]) {
    const failure = await failureOf(write());
    t.match(failure, { status: 403, name: 'AccessDenied', message: /blocks uploads with SSE-C.*NONE/ });
    t.notMatch(failure.message, /arn:/, "not the store's words, which name its account");
  }
  const blocked = log.find(({ code }) => code === 'AccessDenied');
  t.match(blocked, { cause: unblockCommand(Bucket, 'eu-test-1') });
  await block('NONE');
  t.equal((await s3.send(put)).$metadata.httpStatusCode, 200);
});

t.test('tells a blocked SSE-C, a policy and other denials apart', async (t) => {
  const denied = (message: string, code = 'AccessDenied') => blockingOf({ code, message });
  t.equal(
    denied(
      'because this bucket has blocked upload requests that specify server-side encryption with customer-provided keys',
    ),
    'setting',
  );
  t.equal(
    denied(
      'is not authorized to perform: s3:PutObject on resource: "arn:x" with an explicit deny in a resource-based policy',
    ),
    'policy',
  );
  t.equal(denied('… with an explicit deny in a service control policy'), 'policy');
  t.equal(denied('Access Denied'), 'unclear');
  t.equal(
    denied(
      'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
    ),
    undefined,
  );
  t.equal(denied('blocked upload requests', 'NoSuchBucket'), undefined);
});

t.test('the command that allows SSE-C keeps the default encryption that the bucket has', async (t) => {
  const command = unblockCommand('b', 'eu-west-1', { algorithm: 'aws:kms', kmsKeyId: 'k', bucketKey: true });
  const [, json = ''] = /'(.*)'$/.exec(command) ?? [];
  t.same(JSON.parse(json), {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
        BucketKeyEnabled: true,
        BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
      },
    ],
  });
  t.match(command, /^aws s3api put-bucket-encryption --bucket b --region eu-west-1 --server-side-/);
});
