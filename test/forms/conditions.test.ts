import t from 'tap';
import { checkPolicy } from '../../src/forms/conditions.ts';
import { parsePolicy } from '../../src/forms/policy.ts';
import { codeOf, refusal } from '../support/failure.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const UNTIL = '2026-06-01T12:00:00.000Z';

interface Case {
  readonly fields?: Readonly<Record<string, string>>;
  readonly length?: number;
  readonly bucket?: string;
}

function check(conditions: readonly unknown[], { fields = {}, length = 5, bucket = 'b0b' }: Case = {}): void {
  const document = { expiration: UNTIL, conditions: [{ bucket: 'b0b' }, ...conditions] };
  const policy = parsePolicy(Buffer.from(JSON.stringify(document)).toString('base64'));
  checkPolicy(policy, { bucket, fields: new Map(Object.entries(fields)), length }, NOW);
}

t.test('compares the form with every kind of condition', async (t) => {
  const table: readonly [name: string, condition: unknown, good: Case, bad: Case][] = [
    ['exact', { acl: 'private' }, { fields: { acl: 'private' } }, { fields: { acl: 'public-read' } }],
    ['exact, missing', { acl: 'private' }, { fields: { acl: 'private' } }, {}],
    ['eq', ['eq', '$key', 'a'], { fields: { key: 'a' } }, { fields: { key: 'ab' } }],
    ['EQ', ['EQ', '$Key', 'a'], { fields: { key: 'a' } }, { fields: { key: 'A' } }],
    ['starts-with', ['starts-with', '$key', 'u/'], { fields: { key: 'u/x' } }, { fields: { key: 'x/u/' } }],
    ['starts-with nothing', ['starts-with', '$key', ''], { fields: { key: 'x' } }, {}],
    [
      'a list of content types',
      ['starts-with', '$Content-Type', 'image/'],
      { fields: { 'content-type': 'image/jpg,image/png, image/gif' } },
      { fields: { 'content-type': 'image/jpg,text/html' } },
    ],
    [
      'no list elsewhere',
      ['starts-with', '$x-amz-meta-a', 'a'],
      { fields: { 'x-amz-meta-a': 'a,b' } },
      { fields: { 'x-amz-meta-a': 'b,a' } },
    ],
  ];
  for (const [name, condition, good, bad] of table) {
    t.equal(
      codeOf(() => check([condition], good)),
      'ok',
      name,
    );
    const refused = refusal(() => check([condition], bad));
    t.equal(refused.code, 'AccessDenied', name);
    t.match(refused.message, /^Invalid according to Policy: Policy Condition failed: \[/);
  }
});

t.test('compares the length with a range, both ends included', async (t) => {
  for (const range of [
    ['content-length-range', 2, 4],
    ['content-length-range', '2', '4'],
  ]) {
    const of = (length: number): string => codeOf(() => check([range], { length }));
    t.same([1, 2, 4, 5].map(of), ['EntityTooSmall', 'ok', 'ok', 'EntityTooLarge']);
  }
});

t.test('requires a condition for every field, and for the bucket', async (t) => {
  t.equal(
    refusal(() => check([], { fields: { key: 'a', acl: 'x' } })).message,
    'Invalid according to Policy: Extra input fields: key, acl',
  );
  t.equal(
    codeOf(() => check([], { bucket: 'other' })),
    'AccessDenied',
  );
  const exempt = ['policy', 'x-amz-signature', 'signature', 'awsaccesskeyid', 'x-ignore-me'];
  t.equal(
    codeOf(() => check([], { fields: Object.fromEntries(exempt.map((name) => [name, 'x'])) })),
    'ok',
  );
  const without = parsePolicy(Buffer.from(`{"expiration":"${UNTIL}","conditions":[]}`).toString('base64'));
  t.equal(
    codeOf(() => checkPolicy(without, { bucket: 'b', fields: new Map(), length: 0 }, NOW)),
    'AccessDenied',
  );
});

t.test('ends with its expiration', async (t) => {
  const policy = parsePolicy(
    Buffer.from(`{"expiration":"${UNTIL}","conditions":[{"bucket":"b"}]}`).toString('base64'),
  );
  const at = (ms: number): string =>
    codeOf(() =>
      checkPolicy(policy, { bucket: 'b', fields: new Map(), length: 0 }, new Date(NOW.getTime() + ms)),
    );
  t.same([0, 1].map(at), ['ok', 'AccessDenied']);
});

t.test('shows no key in the condition that failed', async (t) => {
  const name = 'x-amz-server-side-encryption-customer-key';
  const { message } = refusal(() =>
    check([['eq', `$${name}`, 'not-for-show']], { fields: { [name]: 'other' } }),
  );
  t.notMatch(message, /not-for-show/);
});
