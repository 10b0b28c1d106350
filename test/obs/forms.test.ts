import { createHmac } from 'node:crypto';
import t from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { checkPolicy } from '../../src/forms/conditions.ts';
import { withToken } from '../../src/forms/internal-fields.ts';
import { parsePolicy } from '../../src/forms/policy.ts';
import { verifyForm } from '../../src/forms/signature.ts';
import type { SignatureOptions } from '../../src/signatures/verify.ts';
import type { Holder } from '../../src/sigv4/holder.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { READER, signer, startFormStand } from '../e2e/form-stand.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { BOUNDARY, encodeForm, signForm, signFormObs } from '../support/forms.ts';
import { onWire } from '../support/headers.ts';
import { RECORDER, TOKEN } from './vectors.ts';

/** Recorded: a policy with its signature. */
const POLICY =
  'eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yNlQyMDoyMjo1NloiLCAiY29uZGl0aW9ucyI6W3sieC1vYnMtYWNsIjoicHJpdmF0ZSJ9LHsiY29udGVudC10eXBlIjoidGV4dC9wbGFpbiJ9LHsiYnVja2V0IjoiYmt0In0seyJrZXkiOiJmb3JtLWtleSJ9XX0=';
const SIGNATURE = 'hxYo5B6Fyb0CfTn4R+NdLodKPs8=';
const ID = RECORDER.accessKeyId;
const FIELDS = { 'x-obs-acl': 'private', 'content-type': 'text/plain', key: 'form-key' };
const SIGNED = { ...FIELDS, accesskeyid: ID, policy: POLICY, signature: SIGNATURE };
const BEFORE = new Date('2026-11-26T20:22:56Z');

type Fields = Readonly<Record<string, string>>;

/** What the proxy does with the fields of a form before it looks at the file. */
function judge(
  fields: Fields,
  {
    now = BEFORE,
    client = RECORDER,
    ...options
  }: Partial<SignatureOptions<Holder>> & { client?: Holder } = {},
): Holder {
  const all = withToken(new Map(Object.entries(fields)), OBS);
  const holder = verifyForm(all, {
    holders: new Map([[client.accessKeyId, client]]),
    signingKeys: new SigningKeys(),
    sigv2: true,
    obs: true,
    ...options,
  });
  const policy = parsePolicy(all.get('policy') ?? '', 'taken');
  checkPolicy(policy, { bucket: 'bkt', fields: all, length: 5 }, now, OBS);
  return holder;
}

const codeFor = (...args: Parameters<typeof judge>): string => codeOf(() => judge(...args));

/** A policy of the recorder with these words. */
function signed(policy: string): Fields {
  const base64 = Buffer.from(policy).toString('base64');
  const signature = createHmac('sha1', RECORDER.secretAccessKey.reveal()).update(base64).digest('base64');
  return { accesskeyid: ID, policy: base64, signature };
}

t.test('verifies a recorded form, in three fields or in one', async (t) => {
  t.equal(judge(SIGNED).accessKeyId, ID);
  t.equal(codeFor({ ...FIELDS, token: `${ID}:${SIGNATURE}:${POLICY}` }), 'ok');
  t.equal(codeFor({ ...SIGNED, 'x-ignore-me': 'a' }), 'ok');
  t.equal(codeFor(SIGNED, { now: new Date('2026-11-26T20:22:57Z') }), 'AccessDenied', 'expired');
});

t.test('lets the token win over the fields that it stands for', async (t) => {
  const token = `${ID}:${SIGNATURE}:${POLICY}`;
  const wrong = signed('{"expiration":"2030-01-01T00:00:00Z","conditions":[]}');
  t.equal(codeFor({ ...FIELDS, ...wrong, signature: 'x', accesskeyid: 'nobody', token }), 'ok');
  t.equal(codeFor({ ...SIGNED, token: `${ID}:x:${POLICY}` }), 'SignatureDoesNotMatch');
  t.equal(codeFor({ ...SIGNED, token: `nobody:${SIGNATURE}:${POLICY}` }), 'InvalidAccessKeyId');
  for (const odd of ['', ':', '::', 'a:b', `:${SIGNATURE}:${POLICY}`])
    t.equal(codeFor({ ...SIGNED, token: odd }), 'InvalidArgument', odd);
});

t.test('refuses every change of what was signed, in the words of OBS', async (t) => {
  const wrong = refusal(() => judge({ ...SIGNED, signature: `A${SIGNATURE.slice(1)}` }));
  t.match(wrong, { code: 'SignatureDoesNotMatch', status: 403, fields: { AccessKeyId: ID } });
  t.equal(codeFor({ ...SIGNED, accesskeyid: 'nobody' }), 'InvalidAccessKeyId');
  t.equal(codeFor({ ...SIGNED, policy: POLICY.replace('e', 'f') }), 'SignatureDoesNotMatch');
  t.equal(codeFor({ ...SIGNED, policy: '' }), 'InvalidPolicyDocument');
  for (const name of Object.keys(SIGNED)) {
    const without = Object.fromEntries(Object.entries(SIGNED).filter(([one]) => one !== name));
    t.not(codeFor(without), 'ok', `without ${name}`);
  }
  for (const name of Object.keys(FIELDS))
    t.equal(codeFor({ ...SIGNED, [name]: 'other' }), 'AccessDenied', `another ${name}`);
  for (const name of ['x-obs-meta-a', 'x-obs-storage-class', 'success_action_redirect', 'x-amz-signature2'])
    t.equal(codeFor({ ...SIGNED, [name]: 'a' }), 'AccessDenied', `with ${name}`);
});

t.test('takes the acl of a policy and of a form for one, by either name', async (t) => {
  const { 'x-obs-acl': acl, ...rest } = SIGNED;
  t.equal(codeFor({ ...rest, acl }), 'ok');
  t.equal(codeFor({ ...rest, acl: 'public-read' }), 'AccessDenied');
});

t.test(
  'reads the policies of the SDKs: times with and without fractions, a comma behind the last',
  async (t) => {
    const conditions = '[{"bucket":"bkt"},{"key":"k"}';
    for (const time of ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'])
      t.equal(codeFor({ key: 'k', ...signed(`{"expiration":"${time}","conditions":${conditions}]}`) }), 'ok');
    for (const end of [',]}', ' , ]\n} \n'])
      t.equal(
        codeFor({
          key: 'k',
          ...signed(`{"expiration":"2030-01-01T00:00:00Z","conditions":${conditions}${end}`),
        }),
        'ok',
        'by the SDK for Go',
      );
    for (const end of [',,]}', ',]', ']},', ',}'])
      t.equal(
        codeFor({
          key: 'k',
          ...signed(`{"expiration":"2030-01-01T00:00:00Z","conditions":${conditions}${end}`),
        }),
        'InvalidPolicyDocument',
        end,
      );
  },
);

t.test('wants the token of temporary credentials in the form, and under its policy', async (t) => {
  const client = { ...RECORDER, sessionToken: TOKEN };
  const policy = signed(
    `{"expiration":"2030-01-01T00:00:00Z","conditions":[{"bucket":"bkt"},{"key":"k"},{"x-obs-security-token":"${TOKEN.reveal()}"}]}`,
  );
  const form = { key: 'k', ...policy, 'x-obs-security-token': TOKEN.reveal() };
  t.equal(codeFor(form, { client }), 'ok');
  t.equal(codeFor({ ...form, 'x-obs-security-token': 'other' }, { client }), 'InvalidToken');
  t.equal(codeFor({ key: 'k', ...policy }, { client }), 'InvalidToken');
  t.equal(codeFor(form), 'InvalidToken', 'nobody has one');
});

t.test('refuses forms of OBS where they are off, in the words that its SDKs know', async (t) => {
  const off = refusal(() => judge(SIGNED, { obs: false }));
  t.match(off, { code: 'InvalidArgument', status: 400, message: 'Unsupported Authorization Type' });
  t.match(off.reason, /obs: true/);
});

t.test('refuses two signatures in one form', async (t) => {
  for (const other of ['awsaccesskeyid', 'x-amz-signature', 'x-amz-credential'])
    t.equal(codeFor({ ...SIGNED, [other]: 'a' }), 'InvalidArgument', other);
});

t.test('stores the file of a form as the rules have it, for those who may write there', async (t) => {
  const { url, get, disk } = await startFormStand(t, { obs: true });
  const wanted = {
    bucket: 'secret',
    fields: {
      key: `up/$\{filename}`,
      'Content-Type': 'text/x',
      'x-obs-meta-a': 'ü',
      'x-obs-storage-class': 'WARM',
      success_action_status: '201',
    },
    conditions: [['starts-with', '$key', 'up/']],
  };
  const post = async (fields: Fields): Promise<{ status: number; text: string; id: string | null }> => {
    const response = await fetch(`${url}/secret`, {
      method: 'POST',
      body: new Uint8Array(encodeForm([...Object.entries(fields), ['file', 'marker', 'hello.txt']])),
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    });
    const id = response.headers.get('x-obs-request-id');
    return { status: response.status, text: await response.text(), id };
  };
  for (const as of ['fields', 'token'] as const) {
    const { status, text, id } = await post(signFormObs(wanted, signer(), as));
    t.equal(status, 201, text);
    t.ok(id, 'an answer in the dialect of the form');
  }
  const object = await get('/secret/up/hello.txt');
  t.equal(await object.text(), 'marker');
  t.equal(object.headers.get('x-amz-meta-a'), onWire('ü'));
  const before = await disk();
  t.match(await post(signFormObs(wanted, signer(READER))), { status: 403, text: 'AccessDenied' }, 'no grant');
  const mixed = { ...wanted, fields: { ...wanted.fields, 'x-amz-acl': 'public-read' } };
  t.match(await post(signFormObs(mixed, signer())), { status: 400, text: 'InvalidArgument' });
  const source = { ...wanted, fields: { ...wanted.fields, 'x-obs-copy-source': '/secret/k' } };
  t.match(await post(signFormObs(source, signer())), { status: 400, text: 'The field x-obs-copy-source' });
  const ssec = 'x-obs-server-side-encryption-customer-';
  const key = {
    [`${ssec}algorithm`]: 'AES256',
    [`${ssec}key`]: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
    [`${ssec}key-md5`]: 'hRasmdxgYDKV3nvbahU1MA==',
  };
  const own = { ...wanted, fields: { ...wanted.fields, ...key } };
  t.match(await post(signFormObs(own, signer())), { status: 400 }, 'a key of their own');
  const copies = { ...wanted, fields: { ...wanted.fields, 'x-obs-copy-source': '/plain/a' } };
  const copied = await post(signFormObs(copies, signer()));
  t.match(
    copied,
    { status: 400, text: /The field x-obs-copy-source cannot/ },
    'by the name that the client knows',
  );
  const both = { ...signForm(wanted, signer()), AccessKeyId: 'client', signature: 'a' };
  t.match(await post(both), { status: 400, text: 'InvalidArgument' });
  t.equal(await disk(), before);
});
