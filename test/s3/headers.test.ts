import t from 'tap';
import { WireHeaders } from '../../src/s3/headers.ts';
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
