import t from 'tap';
import { lowerCase, UsualNames, UsualVerdicts } from '../src/lower-case.ts';

t.test('says each name in lower case, also when there were many others', async (t) => {
  const names = Array.from({ length: 1000 }, (_, i) => `X-Name-${i}-${i % 3 === 0 ? 'a'.repeat(80) : 'B'}`);
  for (let round = 0; round < 2; round += 1)
    for (const name of names) if (lowerCase(name) !== name.toLowerCase()) t.fail(name);
  t.equal(lowerCase('ETag'), 'etag');
  t.equal(lowerCase('__proto__'), '__proto__');
});

t.test('names at their places are the same whatever stood there before', async (t) => {
  const usual = new UsualNames();
  const heads = [
    ['Host', 'Date', 'ETag'],
    ['host', 'Date', 'Etag', 'Server'],
    ['Date', 'Host'],
    ['X'.repeat(65), 'Host'],
    Array.from({ length: 100 }, (_, i) => `X-${i}`),
    ['Hos', 'Dates', 'E'],
  ];
  for (let round = 0; round < 3; round += 1)
    for (const head of heads)
      for (const [at, name] of head.entries()) t.equal(usual.lowerCase(name, at), name.toLowerCase());
});

t.test('only the whole name before the colon is the usual one', async (t) => {
  const usual = new UsualNames();
  t.equal(usual.beginning('ETag: "a"', 0, 0), undefined);
  t.equal(usual.learn('ETag', 0), 'ETag');
  t.equal(usual.beginning('ETag: "a"', 0, 0), 'ETag');
  t.equal(usual.beginning('ETag:', 0, 0), 'ETag');
  for (const line of ['etag: "a"', 'ETags: "a"', 'ETa: "a"', 'ETag', 'ETag : "a"', ' ETag: "a"', '', ':'])
    t.equal(usual.beginning(line, 0, 0), undefined, line);
  t.equal(usual.beginning('ETag: "a"', 0, 1), undefined);
  t.equal(usual.beginning('Date: b\r\nETag: "a"', 9, 0), 'ETag', 'in the middle of a text');
  t.equal(usual.beginning('ET\r\nag: "a"', 0, 0), undefined);
  t.equal(usual.learn('Far', 7), 'Far');
  t.equal(usual.beginning('Far: away', 0, 7), undefined, 'a place behind unknown ones is not kept');
});

t.test('what was said of a name at its place is what is said of the name', async (t) => {
  const heads = [
    ['Date', 'ETag', 'Server'],
    ['date', 'Server', 'ETag'],
    Array.from({ length: 100 }, (_, i) => `X-${i}`),
    ['Date', 'x'.repeat(100), 'Server'],
  ];
  const usual = new UsualVerdicts((name) => name === 'date' || name.endsWith('7'));
  for (let round = 0; round < 3; round += 1)
    for (const head of heads)
      for (const [at, name] of head.entries())
        t.equal(usual.of(name, at), name.toLowerCase() === 'date' || name.endsWith('7'), name);
});
