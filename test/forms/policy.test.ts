import t from 'tap';
import { parsePolicy } from '../../src/forms/policy.ts';
import { codeOf } from '../support/failure.ts';

const parse = (text: string): ReturnType<typeof parsePolicy> =>
  parsePolicy(Buffer.from(text).toString('base64'));
const UNTIL = '"expiration": "2026-06-01T12:00:00Z"';
const withConditions = (conditions: string): string =>
  codeOf(() => parse(`{${UNTIL}, "conditions": ${conditions}}`));

t.test('reads expiration and conditions', async (t) => {
  const { expiration, conditions } = parse(
    `{${UNTIL}, "conditions": [{"Acl": "a"}, ["content-length-range", 0, 9]]}`,
  );
  t.equal(expiration, Date.parse('2026-06-01T12:00:00Z'));
  t.match(conditions, [
    { kind: 'eq', field: 'acl', value: 'a' },
    { kind: 'content-length-range', least: 0, most: 9 },
  ]);
});

t.test('reads the escapes that a policy has in addition to those of JSON', async (t) => {
  const { conditions } = parse(`{${UNTIL}, "conditions": [{"key": "\\$a\\v\\\\$\\u00e4"}]}`);
  t.match(conditions, [{ value: '$a\u000b\\$ä' }]);
});

t.test('refuses anything that is not a policy', async (t) => {
  const documents = [
    '',
    '[]',
    'null',
    '{',
    `{${UNTIL}}`,
    '{"conditions": []}',
    '{"EXPIRATION": "2026-06-01T12:00:00Z", "conditions": []}',
    `{${UNTIL}, "CONDITIONS": []}`,
    '{"expiration": "2026-06-01 12:00:00+00:00", "conditions": []}',
    '{"expiration": 5, "conditions": []}',
    '{"expiration": "2026-13-01T12:00:00Z", "conditions": []}',
  ];
  for (const document of documents)
    t.equal(
      codeOf(() => parse(document)),
      'InvalidPolicyDocument',
      document,
    );
  t.equal(
    codeOf(() => parsePolicy('%%%')),
    'InvalidPolicyDocument',
    'not base64',
  );
  t.equal(
    codeOf(() => parsePolicy('//79')),
    'InvalidPolicyDocument',
    'not UTF-8',
  );
});

t.test('refuses anything that is not a condition', async (t) => {
  for (const conditions of [
    '{}',
    '[{}]',
    '[{"a": "1", "b": "2"}]',
    '[{"a": 1}]',
    '["x"]',
    '[null]',
    '[[]]',
    '[["ends-with", "$key", "a"]]',
    '[["constructor", "$key", "a"]]',
    '[["eq", "key", "a"]]',
    '[["eq", "$key"]]',
    '[["eq", "$key", 1]]',
    '[["eq", "$key", "a", "b"]]',
    '[["content-length-range", 0]]',
    '[["content-length-range", -1, 0]]',
    '[["content-length-range", 0, 1.5]]',
    '[["content-length-range", 0, 1, 2]]',
  ])
    t.equal(withConditions(conditions), 'InvalidPolicyDocument', conditions);
});
