import t from 'tap';
import { parseTarget } from '../../src/s3/target.ts';
import { Secret } from '../../src/secret.ts';
import { canonicalRequest, scopeText, stringToSign } from '../../src/sigv4/canonical.ts';
import { onWire, wireHeaders } from '../support/headers.ts';
import { verifySent } from '../support/signed.ts';
import { EXAMPLE, VECTORS } from './vectors.ts';

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const SCOPE_TEXT = '20130524/us-east-1/s3/aws4_request';
const client = { accessKeyId: EXAMPLE.accessKeyId, secretAccessKey: new Secret(EXAMPLE.secretAccessKey) };

for (const vector of VECTORS) {
  const { method, rawTarget, headers, signedHeaders, payloadHash } = vector;
  t.test(`agrees with AWS: ${vector.name}`, async (t) => {
    // The examples' bucket is in the host, which says nothing about the canonical path.
    const target = parseTarget(rawTarget, headers.Host, ['s3.amazonaws.com']);
    const canonical = canonicalRequest(
      { method, target, headers: wireHeaders(headers) },
      signedHeaders,
      payloadHash,
    );
    t.equal(canonical, vector.canonicalRequest);
    t.equal(
      stringToSign(EXAMPLE.timestamp, EXAMPLE.scope, canonical),
      `AWS4-HMAC-SHA256\n${EXAMPLE.timestamp}\n${SCOPE_TEXT}\n${vector.canonicalHash}`,
    );
  });

  for (const separator of [',', ', ']) {
    t.test(`verifies AWS's ${vector.name} at its date, fields separated by "${separator}"`, async (t) => {
      const authorization = `AWS4-HMAC-SHA256 ${[
        `Credential=${EXAMPLE.accessKeyId}/${SCOPE_TEXT}`,
        `SignedHeaders=${signedHeaders.join(';')}`,
        `Signature=${vector.signature}`,
      ].join(separator)}`;
      const sent = { method, rawTarget, headers: { ...headers, Authorization: authorization } };
      t.equal(verifySent(sent, { client, now: EXAMPLE.now }), client);
      const other = { ...client, secretAccessKey: new Secret('another') };
      t.throws(() => verifySent(sent, { client: other, now: EXAMPLE.now }), {
        code: 'SignatureDoesNotMatch',
      });
    });
  }
}

t.test('writes the scope of the documentation', async (t) => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  const scope = { date: '20150830', region: 'us-east-1', service: 'iam', terminator: 'aws4_request' };
  t.equal(scopeText(scope), '20150830/us-east-1/iam/aws4_request');
});

const target = parseTarget('/bucket/key', undefined, []);
const valueLine = (value: string | readonly string[]): string | undefined =>
  canonicalRequest(
    { method: 'GET', target, headers: wireHeaders({ 'X-Amz-Meta-A': value }) },
    ['x-amz-meta-a'],
    NOTHING,
  ).split('\n')[3];

t.test('folds spaces inside values, trims them at the ends and joins repeated fields', async (t) => {
  t.equal(valueLine('a'), 'x-amz-meta-a:a');
  t.equal(valueLine('  a   b\t c  '), 'x-amz-meta-a:a b c');
  t.equal(valueLine(''), 'x-amz-meta-a:');
  t.equal(valueLine(['b', 'a']), 'x-amz-meta-a:b,a');
  t.equal(valueLine('"a   b"'), 'x-amz-meta-a:"a b"', 'quotes change nothing');
});

t.test('treats only spaces as spaces: a byte A0 is half of a letter', async (t) => {
  t.equal(valueLine(onWire('voilà')), `x-amz-meta-a:${onWire('voilà')}`);
  t.equal(valueLine(onWire('a\u00A0b')), `x-amz-meta-a:${onWire('a\u00A0b')}`);
});
