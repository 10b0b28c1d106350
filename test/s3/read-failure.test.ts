import t from 'tap';
import { PROVIDERS, type ProviderName } from '../../src/s3/providers.ts';
import { mayBeAboutKey, type ReadFailure, readFailure } from '../../src/s3/read-failure.ts';

const AWS_WRONG =
  'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.';
const AWS_PLAIN = 'The encryption parameters are not applicable to this object.';
const AWS_KEYLESS =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';
const CEPH_WRONG = 'The calculated MD5 hash of the key did not match the hash that was provided.';

const CASES: readonly (readonly [ProviderName, number, string, string, ReadFailure])[] = [
  ['aws', 403, 'AccessDenied', AWS_WRONG, 'wrong-key'],
  ['aws', 403, 'AccessDenied', 'Access Denied', 'other'],
  ['aws', 403, 'InvalidAccessKeyId', AWS_WRONG, 'other'],
  ['aws', 400, 'AccessDenied', AWS_WRONG, 'other'],
  ['aws', 400, 'InvalidRequest', AWS_PLAIN, 'plain'],
  ['aws', 400, 'InvalidRequest', AWS_KEYLESS, 'other'],
  ['aws', 404, 'NoSuchKey', 'The specified key does not exist.', 'other'],
  ['ceph', 400, 'InvalidArgument', CEPH_WRONG, 'wrong-key'],
  ['ceph', 400, 'InvalidArgument', '', 'other'],
  ['ceph', 403, 'AccessDenied', '', 'other'],
  ['minio', 403, 'AccessDenied', 'Access Denied.', 'unclear'],
  ['minio', 400, 'InvalidRequest', AWS_PLAIN, 'plain'],
  ['seaweedfs', 403, 'AccessDenied', 'Access Denied.', 'unclear'],
  [
    'garage',
    400,
    'InvalidRequest',
    'Bad request: Invalid encryption key, could not decrypt object metadata.',
    'wrong-key',
  ],
  ['garage', 400, 'InvalidRequest', 'Bad request: Trying to decrypt a plaintext object', 'plain'],
  ['garage', 400, 'InvalidRequest', 'Bad request: Object is encrypted', 'other'],
  ['hetzner', 400, 'InvalidArgument', CEPH_WRONG, 'wrong-key'],
  ['hetzner', 403, 'AccessDenied', '', 'unclear'],
  ['obs', 400, 'InvalidRequest', 'anything', 'unclear'],
  ['generic', 403, 'AccessDenied', AWS_WRONG, 'unclear'],
  ['generic', 400, 'InvalidRequest', AWS_PLAIN, 'unclear'],
  ['generic', 416, 'InvalidRange', '', 'other'],
  [
    'obs',
    400,
    'InvalidEncryptionAlgorithmError',
    'The encryption request you specified is not valid.',
    'unclear',
  ],
  ['generic', 422, 'WhoKnows', '', 'unclear'],
  ['generic', 400, '', '', 'unclear'],
  ['hetzner', 400, 'WhoKnows', '', 'unclear'],
  ...[401, 404, 405, 409, 412, 416, 429, 200, 304, 500].map(
    (status) => ['generic', status, 'WhoKnows', '', 'other'] as const,
  ),
  ...[
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
    'RequestTimeTooSkewed',
    'ExpiredToken',
    'AuthorizationHeaderMalformed',
    'TooManyWrongSignature',
  ].flatMap((code) => [400, 403].map((status) => ['obs', status, code, '', 'other'] as const)),
];

t.test('recognises a wrong key by status, code and message of the provider', async (t) => {
  for (const [name, status, code, message, means] of CASES) {
    const { keyRefusals } = PROVIDERS[name];
    t.equal(
      readFailure(keyRefusals, { status, code, message }),
      means,
      `${name} ${status} ${code}: ${message}`,
    );
  }
});

t.test('generic concludes nothing', async (t) => {
  t.ok(PROVIDERS.generic.keyRefusals.every(({ means }) => means === 'unclear'));
});

t.test('the status of a HEAD only says that it may be about the key', async (t) => {
  t.ok(mayBeAboutKey(PROVIDERS.aws.keyRefusals, 403));
  t.notOk(mayBeAboutKey(PROVIDERS.ceph.keyRefusals, 403));
  t.notOk(mayBeAboutKey(PROVIDERS.generic.keyRefusals, 404));
});
