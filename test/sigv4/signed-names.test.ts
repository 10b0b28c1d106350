import t from 'tap';
import { joinedNames, signedNames } from '../../src/sigv4/signed-names.ts';

t.test('joins every list of names, also when there were many others', async (t) => {
  const lists = Array.from({ length: 40 }, (_, length) => Array.from({ length }, (__, i) => `name-${i}`));
  for (let round = 0; round < 3; round += 1)
    for (const names of lists) t.equal(joinedNames(names), names.join(';'));
  const [names = []] = lists.slice(3);
  joinedNames(names);
  names[0] = 'changed';
  t.equal(joinedNames(names), names.join(';'), 'a list that is changed later is another one');
});

t.test('chooses what is signed of every list of headers, also when there were many others', async (t) => {
  const covers = (name: string): boolean => name !== 'via';
  const lists = Array.from({ length: 40 }, (_, length) => [
    'via',
    ...Array.from({ length }, (__, i) => `name-${length - i}`),
  ]);
  for (let round = 0; round < 3; round += 1)
    for (const all of lists)
      for (const covered of [undefined, covers]) {
        const expected = [...all.filter(covered ?? (() => true)), 'x-amz-date'].toSorted();
        const { names, text } = signedNames(all, covered);
        t.same(names, expected);
        t.equal(text, expected.join(';'));
      }
});

t.test('the date is signed once, whether it is there or not', async (t) => {
  for (const all of [['host'], ['x-amz-date', 'host'], ['host', 'x-amz-date']])
    for (const covered of [undefined, (name: string) => name === 'host'])
      t.equal(signedNames(all, covered).text, 'host;x-amz-date');
  t.equal(signedNames([], undefined).text, 'x-amz-date');
});
