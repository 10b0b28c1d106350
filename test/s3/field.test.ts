import t from 'tap';
import { headerValue } from '../../src/s3/field.ts';
import { codeOf } from '../support/failure.ts';

t.test('gives a text as the bytes that a header has of it', (t) => {
  for (const [text, bytes] of [
    ['plain', 'plain'],
    ['ü', '\u00C3\u00BC'],
    ['€', '\u00E2\u0082\u00AC'],
    ['à', '\u00C3\u00A0'],
    ['\t two  words ', 'two  words'],
    ['a\tb', 'a\tb'],
    ['', ''],
  ] as const)
    t.equal(headerValue('x-amz-meta-a', text, 'query parameter'), bytes, text);
  t.end();
});

t.test('refuses what could not have come as a header', (t) => {
  for (const [name, text, code] of [
    ['x-amz-copy_source', '/a/b', 'BadRequest'],
    ['x-amz-meta_a', 'v', 'BadRequest'],
    ['x_amz-acl', 'v', 'BadRequest'],
    ['content_type', 'v', 'BadRequest'],
    ['x-amz-copy_source\n', 'v', 'BadRequest'],
    ['x-amz-a b', 'v', 'InvalidArgument'],
    ['x-amz-meta-ü', 'v', 'InvalidArgument'],
    ['x-amz-meta-a:', 'v', 'InvalidArgument'],
    ['x-amz-meta-a\r\nhost', 'v', 'InvalidArgument'],
    ['', 'v', 'InvalidArgument'],
    ['x-amz-meta-a', 'a\r\nb', 'InvalidArgument'],
    ['x-amz-meta-a', 'a\nb', 'InvalidArgument'],
    ['x-amz-meta-a', 'a\n', 'InvalidArgument'],
    ['x-amz-meta-a', '\u0000', 'InvalidArgument'],
    ['x-amz-meta-a', '\u007F', 'InvalidArgument'],
    ['x-amz-meta-a', '\u001B[1m', 'InvalidArgument'],
  ] as const)
    t.equal(
      codeOf(() => headerValue(name, text, 'form field')),
      code,
      JSON.stringify([name, text]),
    );
  t.equal(headerValue('x-amz-meta-under_score', 'v', 'form field'), 'v');
  t.end();
});
