import { createHmac } from 'node:crypto';
import t from 'tap';
import { checkPolicy } from '../../src/forms/conditions.ts';
import { parsePolicy } from '../../src/forms/policy.ts';
import { verifyForm } from '../../src/forms/signature.ts';
import { Secret } from '../../src/secret.ts';
import type { Holder } from '../../src/sigv4/holder.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { EXAMPLE } from '../sigv4/vectors.ts';
import { codeOf, refusal } from '../support/failure.ts';

/**
 * "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)": policy and signature of that page.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
 */
const POLICY = [
  '{ "expiration": "2015-12-30T12:00:00.000Z",',
  '  "conditions": [',
  '    {"bucket": "sigv4examplebucket"},',
  '    ["starts-with", "$key", "user/user1/"],',
  '    {"acl": "public-read"},',
  '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
  '    ["starts-with", "$Content-Type", "image/"],',
  '    {"x-amz-meta-uuid": "14365123651274"},',
  '    {"x-amz-server-side-encryption": "AES256"},',
  '    ["starts-with", "$x-amz-meta-tag", ""],',
  '',
  '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
  '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
  '    {"x-amz-date": "20151229T000000Z" }',
  '  ]',
  '}',
].join('\r\n');

const FORM: Readonly<Record<string, string>> = {
  key: 'user/user1/photo.jpg',
  acl: 'public-read',
  success_action_redirect: 'http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html',
  'content-type': 'image/jpeg',
  'x-amz-meta-uuid': '14365123651274',
  'x-amz-server-side-encryption': 'AES256',
  'x-amz-credential': 'AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request',
  'x-amz-algorithm': 'AWS4-HMAC-SHA256',
  'x-amz-date': '20151229T000000Z',
  'x-amz-meta-tag': '',
  policy: Buffer.from(POLICY).toString('base64'),
  'x-amz-signature': '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e',
};

const example: Holder = {
  accessKeyId: EXAMPLE.accessKeyId,
  secretAccessKey: new Secret(EXAMPLE.secretAccessKey),
};

function verify(
  fields: Readonly<Record<string, string>>,
  { holder = example, ...options }: { holder?: Holder; region?: string; sigv2?: boolean } = {},
): Holder {
  return verifyForm(new Map(Object.entries(fields)), {
    holders: new Map([[holder.accessKeyId, holder]]),
    signingKeys: new SigningKeys(),
    ...options,
  });
}

function without(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(FORM).filter(([name]) => !names.includes(name)));
}

t.test('verifies the documented form, and its policy allows it', async (t) => {
  t.equal(verify(FORM), example);
  const judged = { bucket: 'sigv4examplebucket', fields: new Map(Object.entries(FORM)), length: 1 };
  const now = new Date('2015-12-29T00:00:00Z');
  t.equal(
    codeOf(() => checkPolicy(parsePolicy(FORM.policy ?? ''), judged, now)),
    'ok',
  );
});

t.test('refuses every field of the signature missing or changed', async (t) => {
  const table: Readonly<Record<string, readonly [missing: string, changed: string, value: string]>> = {
    policy: ['InvalidArgument', 'SignatureDoesNotMatch', Buffer.from(`${POLICY} `).toString('base64')],
    'x-amz-signature': ['InvalidArgument', 'SignatureDoesNotMatch', '0'.repeat(64)],
    'x-amz-algorithm': ['InvalidArgument', 'InvalidArgument', 'HMAC'],
    'x-amz-date': ['InvalidArgument', 'InvalidArgument', '20151230T000000Z'],
    'x-amz-credential': [
      'InvalidArgument',
      'SignatureDoesNotMatch',
      'AKIAIOSFODNN7EXAMPLE/20151229/us-west-1/s3/aws4_request',
    ],
  };
  for (const [name, [missing, changed, value]] of Object.entries(table)) {
    t.equal(
      codeOf(() => verify(without(name))),
      missing,
      `without ${name}`,
    );
    t.equal(
      codeOf(() => verify({ ...FORM, [name]: value })),
      changed,
      `another ${name}`,
    );
    t.equal(
      codeOf(() => verify({ ...FORM, [name]: '' })),
      name === 'policy' ? 'InvalidPolicyDocument' : missing,
      `an empty ${name}`,
    );
  }
  const credential = (value: string): string => codeOf(() => verify({ ...FORM, 'x-amz-credential': value }));
  t.equal(credential('stranger/20151229/us-east-1/s3/aws4_request'), 'InvalidAccessKeyId');
  t.equal(credential('AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/ec2/aws4_request'), 'InvalidArgument');
  t.equal(credential('AKIAIOSFODNN7EXAMPLE'), 'InvalidArgument');
  t.equal(
    codeOf(() => verify(FORM, { region: 'eu-test-1' })),
    'InvalidArgument',
    'strict region',
  );
});

t.test('refuses a form that nobody signed', async (t) => {
  t.equal(
    codeOf(() => verify({ key: 'a' })),
    'AccessDenied',
  );
  t.equal(
    codeOf(() => verify({ key: 'a', policy: FORM.policy ?? '' })),
    'InvalidArgument',
  );
});

t.test('names SigV4A', async (t) => {
  const { code, message } = refusal(() => verify({ ...FORM, 'x-amz-algorithm': 'AWS4-ECDSA-P256-SHA256' }));
  t.equal(code, 'NotImplemented');
  t.match(message, /4A/);
});

t.test('takes version 2 only where it is on, and never both', async (t) => {
  const policy = FORM.policy ?? '';
  const signature = createHmac('sha1', EXAMPLE.secretAccessKey).update(policy).digest('base64');
  const v2 = { key: 'a', policy, awsaccesskeyid: EXAMPLE.accessKeyId, signature };
  t.equal(verify(v2, { sigv2: true }), example);
  const off = refusal(() => verify(v2));
  t.equal(off.code, 'InvalidRequest');
  t.match(off.message, /sigv2: true/);
  t.equal(
    codeOf(() => verify({ ...v2, signature: `${signature.slice(0, -2)}A=` }, { sigv2: true })),
    'SignatureDoesNotMatch',
  );
  t.equal(
    codeOf(() => verify({ ...v2, policy: `${policy}=` }, { sigv2: true })),
    'SignatureDoesNotMatch',
  );
  t.equal(
    codeOf(() => verify({ ...FORM, ...v2 }, { sigv2: true })),
    'InvalidArgument',
  );
});

t.test('demands the session token of temporary credentials', async (t) => {
  const holder = { ...example, sessionToken: new Secret('token for tests') };
  t.equal(
    codeOf(() => verify(FORM, { holder })),
    'InvalidToken',
  );
  t.equal(
    codeOf(() => verify({ ...FORM, 'x-amz-security-token': 'token for tests' }, { holder })),
    'ok',
  );
  t.equal(
    codeOf(() => verify({ ...FORM, 'x-amz-security-token': 'x' })),
    'InvalidToken',
  );
});
