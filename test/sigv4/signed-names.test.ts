import t from 'tap';
import { joinedNames } from '../../src/sigv4/signed-names.ts';

t.test('joins every list of names, also when there were many others', async (t) => {
  const lists = Array.from({ length: 40 }, (_, length) => Array.from({ length }, (__, i) => `name-${i}`));
  for (let round = 0; round < 3; round += 1)
    for (const names of lists) t.equal(joinedNames(names), names.join(';'));
  const [names = []] = lists.slice(3);
  joinedNames(names);
  names[0] = 'changed';
  t.equal(joinedNames(names), names.join(';'), 'a list that is changed later is another one');
});
