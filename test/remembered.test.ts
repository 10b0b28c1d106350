import t from 'tap';
import { Recent } from '../src/remembered.ts';

t.test('what was used longest ago is forgotten first', async (t) => {
  const recent = new Recent<string>(2);
  recent.set('a', 'one');
  recent.set('b', 'two');
  t.equal(recent.get('a'), 'one');
  t.equal(recent.peek('b'), 'two', 'to look is not to use');
  recent.set('c', 'three');
  t.same(recent.entries(), [
    ['a', 'one'],
    ['c', 'three'],
  ]);
  t.same(recent.figures, { size: 2, most: 2, forgotten: 1 });
});

t.test('a lower limit holds at once', async (t) => {
  const recent = new Recent<string>(9);
  for (const name of 'abcdef') recent.set(name, name);
  recent.use(2);
  t.same(
    recent.entries().map(([name]) => name),
    ['e', 'f'],
  );
  t.equal(recent.figures.forgotten, 4);
  recent.delete('e');
  t.equal(recent.size, 1);
});
