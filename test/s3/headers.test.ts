import t from 'tap';
import { lowerCase, WireHeaders } from '../../src/s3/headers.ts';
import { codeOf } from '../support/failure.ts';

const headers = new WireHeaders([
  'Host',
  'a',
  'X-Amz-Meta-A',
  '1',
  'x-amz-meta-a',
  '2',
  'Empty',
  '',
  '__proto__',
  'p',
]);

t.test('finds names in any case', async (t) => {
  t.ok(headers.has('host'));
  t.ok(headers.has('empty'));
  t.notOk(headers.has('toString'));
  t.equal(headers.single('__proto__'), 'p');
  t.same([...headers.names()], ['host', 'x-amz-meta-a', 'empty', '__proto__']);
});

t.test('joins repeated fields in their order', async (t) => {
  t.equal(headers.joined('x-amz-meta-a'), '1,2');
  t.equal(headers.joined('empty'), '');
  t.equal(headers.joined('none'), undefined);
  t.same([...headers.entries()][1], ['x-amz-meta-a', ['1', '2']]);
});

t.test('refuses a repeated field that may occur once', async (t) => {
  t.equal(headers.single('host'), 'a');
  t.equal(headers.single('none'), undefined);
  t.equal(
    codeOf(() => headers.single('x-amz-meta-a')),
    'InvalidRequest',
  );
});

t.test('says each name in lower case, also when there were many others', async (t) => {
  const names = Array.from({ length: 1000 }, (_, i) => `X-Name-${i}-${i % 3 === 0 ? 'a'.repeat(80) : 'B'}`);
  for (let round = 0; round < 2; round += 1)
    for (const name of names) if (lowerCase(name) !== name.toLowerCase()) t.fail(name);
  t.equal(lowerCase('ETag'), 'etag');
  t.equal(lowerCase('__proto__'), '__proto__');
});
