import t from 'tap';
import { KeyMemo } from '../../src/keys/memo.ts';

const name = (objectKey: string, versionId?: string) => ({ bucket: 'vault', objectKey, versionId });

t.test('remembers the key of a version until it gets another', async (t) => {
  const memo = new KeyMemo();
  t.equal(memo.recall(name('a')), undefined);
  memo.remember(name('a'), 'f1');
  memo.remember(name('a', 'v'), 'f2');
  t.equal(memo.recall(name('a')), 'f1');
  t.equal(memo.recall(name('a', 'v')), 'f2');
  memo.remember(name('a'), 'f3');
  t.equal(memo.recall(name('a')), 'f3');
  memo.forget(name('a'));
  t.equal(memo.recall(name('a')), undefined);
});

t.test('no two names share a place by their spelling', async (t) => {
  const memo = new KeyMemo();
  memo.remember({ bucket: 'a', objectKey: 'b"],["c', versionId: undefined }, 'f');
  t.equal(memo.recall({ bucket: 'a', objectKey: 'b', versionId: '"],["c' }), undefined);
  memo.remember(name('a', 'null'), 'f');
  t.equal(memo.recall(name('a')), undefined);
});

t.test('keeps the ones used last, and no more than it may', async (t) => {
  const memo = new KeyMemo(2);
  memo.remember(name('a'), 'f');
  memo.remember(name('b'), 'f');
  memo.recall(name('a'));
  memo.remember(name('c'), 'f');
  t.equal(memo.recall(name('b')), undefined);
  t.equal(memo.recall(name('a')), 'f');
  t.equal(memo.size, 2);
});

t.test('a lower limit holds at once', async (t) => {
  const memo = new KeyMemo(9);
  const nameOf = (objectKey: string) => ({ bucket: 'a', objectKey, versionId: undefined });
  for (const objectKey of 'abcd') memo.remember(nameOf(objectKey), 'f'.repeat(32));
  memo.use(1);
  t.same(memo.figures, { size: 1, most: 1, forgotten: 3 });
  t.equal(memo.recall(nameOf('d')), 'f'.repeat(32));
});
