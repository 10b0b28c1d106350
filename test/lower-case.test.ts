import t from 'tap';
import { lowerCase } from '../src/lower-case.ts';

t.test('says each name in lower case, also when there were many others', async (t) => {
  const names = Array.from({ length: 1000 }, (_, i) => `X-Name-${i}-${i % 3 === 0 ? 'a'.repeat(80) : 'B'}`);
  for (let round = 0; round < 2; round += 1)
    for (const name of names) if (lowerCase(name) !== name.toLowerCase()) t.fail(name);
  t.equal(lowerCase('ETag'), 'etag');
  t.equal(lowerCase('__proto__'), '__proto__');
});
