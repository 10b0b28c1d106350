import t from 'tap';
import { parseAuthorization } from '../../src/sigv4/claim.ts';
import { codeOf } from '../support/failure.ts';

const SIGNATURE = 'ab'.repeat(32);
const CREDENTIAL = 'Credential=AKID/20260601/eu-test-1/s3/aws4_request';
const NAMES = 'SignedHeaders=host;x-amz-date';
const header = (...fields: string[]): string => `AWS4-HMAC-SHA256 ${fields.join(', ')}`;

t.test('reads the fields in any order, with and without spaces', async (t) => {
  const claim = {
    accessKeyId: 'AKID',
    scope: { date: '20260601', region: 'eu-test-1', service: 's3', terminator: 'aws4_request' },
    signedHeaders: ['host', 'x-amz-date'],
    signature: SIGNATURE,
  };
  const fields = [CREDENTIAL, NAMES, `Signature=${SIGNATURE}`];
  t.same(parseAuthorization(header(...fields)), claim);
  t.same(parseAuthorization(header(...fields.toReversed())), claim);
  t.same(parseAuthorization(`AWS4-HMAC-SHA256 ${fields.join(',')}`), claim);
  t.same(parseAuthorization(`  AWS4-HMAC-SHA256   ${fields.join(' ,  ')} `), claim);
});

t.test('reads the scope from the end, so that an access key may hold slashes', async (t) => {
  const text = header('Credential=team/app/20260601/r/s3/aws4_request', NAMES, `Signature=${SIGNATURE}`);
  t.match(parseAuthorization(text), { accessKeyId: 'team/app', scope: { date: '20260601', region: 'r' } });
});

t.test('reads a header that begins as one before it as if it were the first', async (t) => {
  const beginning = header(CREDENTIAL, NAMES, 'Signature=');
  const again = (signature: string): unknown => parseAuthorization(beginning + signature);
  again(SIGNATURE);
  for (const signature of ['cd'.repeat(32), '09'.repeat(32)]) t.match(again(signature), { signature });
  for (const signature of [
    '',
    'ab',
    SIGNATURE.toUpperCase(),
    `${SIGNATURE}0`,
    SIGNATURE.slice(1),
    'g'.repeat(64),
  ])
    t.equal(
      codeOf(() => again(signature)),
      'AuthorizationHeaderMalformed',
      signature,
    );
  t.match(again(`${SIGNATURE} `), { signature: SIGNATURE });
});

t.test('refuses a malformed header', async (t) => {
  const signature = `Signature=${SIGNATURE}`;
  const malformed = [
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 ',
    header(CREDENTIAL),
    header(CREDENTIAL, NAMES),
    header(CREDENTIAL, signature),
    header(NAMES, signature),
    header(CREDENTIAL, NAMES, 'Signature='),
    header(CREDENTIAL, NAMES, `Signature=${SIGNATURE.slice(1)}`),
    header(CREDENTIAL, NAMES, `Signature=${SIGNATURE}0`),
    header(CREDENTIAL, NAMES, `Signature=${SIGNATURE.toUpperCase()}`),
    header(CREDENTIAL, NAMES, `Signature=${'zz'.repeat(32)}`),
    header(CREDENTIAL, NAMES, signature, signature),
    header(CREDENTIAL, CREDENTIAL, NAMES, signature),
    header(CREDENTIAL, NAMES, 'SignedHeaders=host', signature),
    header(CREDENTIAL, NAMES, signature, ''),
    header(CREDENTIAL, NAMES, signature, 'junk'),
    `AWS4-HMAC-SHA256 ${CREDENTIAL} ${NAMES} ${signature}`,
    header('Credential=', NAMES, signature),
    header('Credential=AKID', NAMES, signature),
    header('Credential=20260601/r/s3/aws4_request', NAMES, signature),
    header('Credential=/20260601/r/s3/aws4_request', NAMES, signature),
    header('Credential=AKID/2026-06-01/r/s3/aws4_request', NAMES, signature),
    header('Credential=AKID/20260601/r/s3', NAMES, signature),
    header('Credential=AKID/20260601/r/s3/aws4_request/', NAMES, signature),
    header(CREDENTIAL, 'SignedHeaders=', signature),
    header(CREDENTIAL, 'SignedHeaders=;', signature),
    header(CREDENTIAL, 'SignedHeaders=host;', signature),
    header(CREDENTIAL, 'SignedHeaders=host;;x-amz-date', signature),
    header(CREDENTIAL, 'SignedHeaders=Host;X-Amz-Date', signature),
    header(CREDENTIAL, 'SignedHeaders=host;host', signature),
    header(CREDENTIAL, 'SignedHeaders=host; x-amz-date', signature),
    header(CREDENTIAL, 'SignedHeaders=ho st', signature),
    header(CREDENTIAL, 'SignedHeaders=host\n', signature.replace('Signature', 'signature')),
  ];
  for (const text of malformed) {
    t.equal(
      codeOf(() => parseAuthorization(text)),
      'AuthorizationHeaderMalformed',
      text,
    );
  }
});

t.test('names what it does not take: SigV2, SigV4A and other schemes', async (t) => {
  t.equal(
    codeOf(() => parseAuthorization('AWS AKID:c2lnbmF0dXJl')),
    'InvalidRequest',
  );
  const v4a = header(CREDENTIAL, NAMES, `Signature=${SIGNATURE}`).replace('HMAC-SHA256', 'ECDSA-P256-SHA256');
  t.equal(
    codeOf(() => parseAuthorization(v4a)),
    'NotImplemented',
  );
  for (const other of [
    '',
    'Basic dTpw',
    'Bearer token',
    'OBS AK:sig',
    'aws4-hmac-sha256 x',
    'AWS4-HMAC-SHA512 x',
  ]) {
    t.equal(
      codeOf(() => parseAuthorization(other)),
      'InvalidArgument',
      other,
    );
  }
});
