import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { parseTarget, type Target } from '../../src/s3/target.ts';
import { Secret } from '../../src/secret.ts';
import { verify } from '../../src/signatures/verify.ts';
import { canonicalRequest, type SignedRequest, stringToSign } from '../../src/sigv4/canonical.ts';
import { type Claim, parseAuthorization } from '../../src/sigv4/claim.ts';
import type { Holder } from '../../src/sigv4/holder.ts';
import { parsePresigned } from '../../src/sigv4/presigned.ts';
import { sign } from '../../src/sigv4/sign.ts';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { onWire, wireHeaders } from '../support/headers.ts';

/**
 * AWS's own signing test suite, for a service that is called "service"; its source and licence stand in the file. What
 * S3 does in another way stands in S3_DIFFERS, and is asserted as what S3 does.
 */
interface Suite {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly timestamp: string;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly method: string;
  readonly body: string;
  /** What the signature says of the body: its SHA-256, or these words. */
  readonly payload: string;
  readonly token?: string;
  readonly header: Signed;
  readonly query: Signed;
}

interface Signed {
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
}

type Place = 'header' | 'query';

const SUITE = JSON.parse(readFileSync(new URL('aws-signing-suite.json', import.meta.url), 'utf8')) as Suite;
const { accessKeyId, secretAccessKey } = SUITE.credentials;
const NOW = new Date('2015-08-30T12:36:00Z');
const PLACES: readonly Place[] = ['header', 'query'];

const AS_IT_STANDS = 'S3 signs the path as it stands: its object keys may hold "//", "." and ".."';
/** Cases whose canonical request is another for S3, and why. The suite has it too, under the name that is given. */
const S3_DIFFERS: Readonly<Record<string, { readonly why: string; readonly as: string }>> = {
  'get-relative-normalized': { why: AS_IT_STANDS, as: 'get-relative-unnormalized' },
  'get-relative-relative-normalized': { why: AS_IT_STANDS, as: 'get-relative-relative-unnormalized' },
  'get-slash-normalized': { why: AS_IT_STANDS, as: 'get-slash-unnormalized' },
  'get-slash-dot-slash-normalized': { why: AS_IT_STANDS, as: 'get-slash-dot-slash-unnormalized' },
  'get-slash-pointless-dot-normalized': { why: AS_IT_STANDS, as: 'get-slash-pointless-dot-unnormalized' },
  'get-slashes-normalized': { why: AS_IT_STANDS, as: 'get-slashes-unnormalized' },
};
/** The token is added behind the signature. */
const UNSIGNED_TOKEN = 'post-sts-header-after';
const UNSIGNED_WHY = 'S3 wants every x-amz-* header and every query parameter signed';
const TOKEN_CODES = { header: 'AccessDenied', query: 'SignatureDoesNotMatch' };

for (const each of SUITE.cases) {
  const differs = S3_DIFFERS[each.name];
  const why = each.name === UNSIGNED_TOKEN ? UNSIGNED_WHY : differs?.why;
  const expected = differs ? caseNamed(differs.as) : each;
  for (const place of PLACES) {
    t.test(`${each.name}, ${place}${why === undefined ? '' : `; ${why}`}`, async (t) => {
      const request = requestOf(each, place);
      const claim = claimOf(request, place);
      const canonical = canonicalRequest(unsigned(request, each), claim.signedHeaders, payloadHashOf(each));
      t.equal(canonical, expected[place].canonicalRequest);
      const text = stringToSign(SUITE.timestamp, claim.scope, canonical);
      t.equal(text, expected[place].stringToSign);
      t.equal(new SigningKey(secretAccessKey, claim.scope).sign(text), expected[place].signature);
      if (differs) t.not(canonical, each[place].canonicalRequest, 'the case does differ');
      verifiesForS3(t, each, expected, place);
    });
  }
}

t.test('the suite is there, and each difference of S3 is one of its cases', async (t) => {
  t.equal(SUITE.cases.length, 39);
  t.strictSame(
    Object.keys(S3_DIFFERS).filter((name) => !SUITE.cases.some((each) => each.name === name)),
    [],
  );
});

/** Two more that signers for other services are tested with: those encode the path a second time. */
const ENCODED_TWICE: readonly (readonly [target: string, elsewhere: string, s3: string])[] = [
  [
    '/test/@connections/JBDvjfGEIAMCERw%3D',
    '/test/%40connections/JBDvjfGEIAMCERw%253D',
    '/test/%40connections/JBDvjfGEIAMCERw%3D',
  ],
  [
    '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations',
    '/2015-03-31/functions/arn%253Aaws%253Alambda%253Aus-west-2%253A892717189312%253Afunction%253Amy-rusty-fun/invocations',
    '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations',
  ],
];

for (const [target, elsewhere, s3] of ENCODED_TWICE) {
  t.test(`${target}; S3 encodes the path once`, async (t) => {
    const { canonicalPath } = parseTarget(target, 'example.amazonaws.com', ['amazonaws.com']);
    t.equal(canonicalPath, s3);
    t.not(canonicalPath, elsewhere);
  });
}

/** As it is, the request is for another service. Signed for S3 it passes, by S3's rules and no others. */
function verifiesForS3(t: Test, each: Case, expected: Case, place: Place): void {
  const request = requestOf(each, place);
  t.throws(() => verifyCase(request, each), {
    code: place === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError',
    message: /incorrect service "service"/,
  });
  const canonical = forS3(expected[place].canonicalRequest, place);
  const signed = signedForS3(request, canonical, place);
  if (each.name === UNSIGNED_TOKEN) {
    t.throws(() => verifyCase(signed, each), { code: TOKEN_CODES[place] });
    return;
  }
  t.equal(verifyCase(signed, each).accessKeyId, accessKeyId);
  if (place === 'header')
    t.equal(ownSignature(request, each), signed.headers.joined('authorization'), 'the signer agrees');
  if (each.token !== undefined) {
    t.throws(() => verifyCase(signed, { ...each, token: 'another' }), { code: 'InvalidToken' });
  }
  const wrong: Record<string, string> = { 'another method': canonical.replace(/^[A-Z]+/, 'DELETE') };
  if (each !== expected) wrong['a folded path'] = forS3(each[place].canonicalRequest, place);
  // S3 does not sign the hash of the body in a URL: whoever makes the URL does not know the body.
  const inUrl = place === 'query' && each.payload === 'sha256';
  if (inUrl) wrong['the hash of the body'] = canonical.replace(/UNSIGNED-PAYLOAD$/, payloadHashOf(each));
  for (const [what, text] of Object.entries(wrong)) {
    t.throws(
      () => verifyCase(signedForS3(request, text, place), each),
      { code: 'SignatureDoesNotMatch' },
      what,
    );
  }
}

/** The Authorization header that the signer makes of a case. */
function ownSignature(request: SignedRequest, each: Case): string {
  const { signedHeaders } = claimOf(request, 'header');
  const headers = Object.fromEntries(
    [...request.headers.names()].map((name) => [name, request.headers.joined(name) ?? '']),
  );
  return sign(
    {
      method: each.method,
      path: request.rawTarget ?? '',
      headers: { ...headers, 'x-amz-content-sha256': payloadHashOf(each) },
      covers: (name) => signedHeaders.includes(name),
    },
    {
      credentials: { accessKeyId, secretAccessKey: new Secret(secretAccessKey) },
      region: 'us-east-1',
      now: NOW,
    },
  ).authorization;
}

/** The same canonical request, of a request to S3. */
function forS3(canonical: string, place: Place): string {
  const scoped = canonical.replace('%2Fservice%2Faws4_request', '%2Fs3%2Faws4_request');
  return place === 'header' ? scoped : scoped.replace(/\n[0-9a-f]{64}$/, '\nUNSIGNED-PAYLOAD');
}

/** Signs it with nothing of what is tested. */
function signedForS3(request: SignedRequest, canonical: string, place: Place): SignedRequest {
  const scope = ['20150830', 'us-east-1', 's3', 'aws4_request'];
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
  const text = ['AWS4-HMAC-SHA256', SUITE.timestamp, scope.join('/'), hash].join('\n');
  let derived: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope) derived = createHmac('sha256', derived).update(part).digest();
  const signature = hmac(derived, text);
  if (place === 'header') {
    const authorization = (request.headers.joined('authorization') ?? '')
      .replace('/service/', '/s3/')
      .replace(/[0-9a-f]{64}$/, signature);
    return { ...request, headers: request.headers.with({ authorization }) };
  }
  const rawTarget = (request.rawTarget ?? '')
    .replace('%2Fservice%2F', '%2Fs3%2F')
    .replace(/(X-Amz-Signature=)[0-9a-f]{64}/, `$1${signature}`);
  return { ...request, rawTarget, target: targetOf(rawTarget, request) };
}

function verifyCase(request: SignedRequest, { token }: Case): Holder {
  const sessionToken = token === undefined ? undefined : new Secret(token);
  const holder = { accessKeyId, secretAccessKey: new Secret(secretAccessKey), sessionToken };
  const holders = new Map([[accessKeyId, holder]]);
  return verify(request, { holders, signingKeys: new SigningKeys(), now: NOW }).holder;
}

function requestOf({ method, ...each }: Case, place: Place): SignedRequest {
  const { target, headers } = each[place];
  const raw: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    // "A server that receives an obs-fold … MUST … replace each with one or more SP" (RFC 9112 §5.2).
    raw[name] = [...(raw[name] ?? []), onWire(value.replaceAll('\n', ' '))];
  }
  const request = { method, rawTarget: onWire(target), headers: wireHeaders(raw) };
  return { ...request, target: targetOf(request.rawTarget, request) };
}

/** The bucket stands in the host, so that any path is one of S3. */
function targetOf(rawTarget: string, { headers }: Pick<SignedRequest, 'headers'>): Target {
  return parseTarget(rawTarget, headers.joined('host'), ['amazonaws.com']);
}

function claimOf({ headers, target }: SignedRequest, place: Place): Claim {
  return place === 'header'
    ? parseAuthorization(headers.joined('authorization') ?? '')
    : parsePresigned(target.query);
}

/** What was there when it was signed. */
function unsigned(request: SignedRequest, { name }: Case): SignedRequest {
  const later = ['X-Amz-Signature', ...(name === UNSIGNED_TOKEN ? ['X-Amz-Security-Token'] : [])];
  const query = request.target.query.without((parameter) => later.includes(parameter));
  return { ...request, target: { ...request.target, query } };
}

function payloadHashOf({ payload, body }: Case): string {
  return payload === 'sha256' ? createHash('sha256').update(body).digest('hex') : payload;
}

function hmac(signingKeyBytes: Buffer, text: string): string {
  return createHmac('sha256', signingKeyBytes).update(text).digest('hex');
}

function caseNamed(name: string): Case {
  const found = SUITE.cases.find((each) => each.name === name);
  if (!found) throw new Error(`the suite has no case ${name}`);
  return found;
}
