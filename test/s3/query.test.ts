import fc from 'fast-check';
import t from 'tap';
import { parseQuery } from '../../src/s3/query.ts';
import { queryText } from '../support/arbitrary.ts';
import { codeOf } from '../support/failure.ts';

t.test(
  'tells a name without a value from one with an empty value, and sends them on as they were',
  async (t) => {
    t.equal(parseQuery('acl').encode(), 'acl');
    t.equal(parseQuery('acl=').encode(), 'acl=');
    t.equal(parseQuery('acl').canonical(), 'acl=');
    t.equal(parseQuery('acl').get('acl'), '');
    t.equal(parseQuery('').encode(), '');
    t.equal(parseQuery('&&a=1&').encode(), 'a=1');
  },
);

t.test('signs names in the order of their encoded form', async (t) => {
  t.equal(parseQuery('prefix=J&max-keys=2').canonical(), 'max-keys=2&prefix=J');
  t.equal(parseQuery('b=1&B=2&a-=3&a=4&%C3%A9=5&a.b=6').canonical(), '%C3%A9=5&B=2&a=4&a-=3&a.b=6&b=1');
  t.equal(parseQuery('b=1&a=2').encode(), 'b=1&a=2', 'the store gets the order of the client');
});

t.test('encodes strictly what came loosely encoded', async (t) => {
  const query = parseQuery("prefix=a/b c+d%2b(e)*'!&delimiter=%2F");
  t.equal(query.get('prefix'), "a/b c d+(e)*'!");
  t.equal(query.encode(), 'prefix=a%2Fb%20c%20d%2B%28e%29%2A%27%21&delimiter=%2F');
});

t.test('reads only the first equals sign as the end of the name', async (t) => {
  t.equal(parseQuery('uploadId=a==').get('uploadId'), 'a==');
  t.equal(parseQuery('=a').get(''), 'a');
});

t.test('refuses a name that is given twice, also when it is written differently', async (t) => {
  for (const raw of ['a&a', 'a=1&a=2', 'a=1&a=1', 'a&a=', 'uploadId=x&upload%49d=y', 'a=1&b=2&%61=3']) {
    t.equal(
      codeOf(() => parseQuery(raw)),
      'InvalidArgument',
      raw,
    );
  }
  t.equal(
    codeOf(() => parseQuery('a=1&A=2')),
    'ok',
    'names are case-sensitive',
  );
});

t.test('refuses broken escapes and invalid UTF-8 in names and values', async (t) => {
  for (const raw of ['a=%', '%=a', 'a=%FF', '%C3=1', 'a=%2']) {
    t.equal(
      codeOf(() => parseQuery(raw)),
      'InvalidURI',
      raw,
    );
  }
});

t.test('is not misled by names that objects have of their own', async (t) => {
  const query = parseQuery('__proto__=1&constructor=2');
  t.equal(query.get('__proto__'), '1');
  t.notOk(query.has('toString'));
});

t.test('says the same after a round trip', async () => {
  const parameters = fc.uniqueArray(fc.tuple(queryText, queryText), {
    selector: ([name]) => name,
    maxLength: 6,
  });
  fc.assert(
    fc.property(parameters, (pairs) => {
      const raw = pairs
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&');
      const once = parseQuery(raw);
      const twice = parseQuery(once.encode());
      return (
        pairs.every(([name, value]) => once.get(name) === value && twice.get(name) === value) &&
        once.canonical() === twice.canonical()
      );
    }),
  );
});
