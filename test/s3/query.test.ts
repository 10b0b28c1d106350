import fc from 'fast-check';
import t from 'tap';
import { decodePercent, encodeComponent } from '../../src/s3/percent.ts';
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

/** What every part of a query may be made of: strict, loose and broken. */
const piece = fc.constantFrom(
  'a',
  'B',
  '7',
  '-',
  '~',
  '=',
  '==',
  '+',
  '/',
  "'",
  '%2F',
  '%2f',
  '%41',
  '%20',
  '%3D',
  '%25',
  '%0A',
  '%7F',
  '%00',
  '%',
  '%4',
  '%C3%BC',
  '%c3%bc',
  '%FF',
  '\u00c3\u00bc',
  'acl',
  'X-Amz-Date',
);
const raws = fc
  .array(
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
    { maxLength: 20 },
  )
  .map((parts) => parts.join('&'));

/** The same, part by part, and each of them decoded. */
function readPlainly(raw: string): { name: string; value: string; hasEquals: boolean }[] {
  const decoded = (text: string): string => decodePercent(text, { plusIsSpace: true });
  const parts = raw.split('&').filter((part) => part !== '');
  return parts.map((part) => {
    const [name = '', ...values] = part.split('=');
    return { name: decoded(name), value: decoded(values.join('=')), hasEquals: values.length > 0 };
  });
}

t.test('reads and writes whatever comes as if each part was decoded and encoded again', async (t) => {
  let valid = 0;
  fc.assert(
    fc.property(raws, (raw) => {
      let expected: ReturnType<typeof readPlainly>;
      try {
        expected = readPlainly(raw);
      } catch {
        return codeOf(() => parseQuery(raw)) === 'InvalidURI';
      }
      if (new Set(expected.map(({ name }) => name)).size < expected.length)
        return codeOf(() => parseQuery(raw)) === 'InvalidArgument';
      valid += 1;
      const query = parseQuery(raw);
      const encoded = expected.map(({ name, value }) => [encodeComponent(name), encodeComponent(value)]);
      const sorted = encoded.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
      t.same(query.parameters, expected);
      t.equal(query.size, expected.length);
      t.equal(query.canonical(), sorted.map((pair) => pair.join('=')).join('&'));
      const sent = expected.map(({ hasEquals }, at) => encoded[at]?.slice(0, hasEquals ? 2 : 1).join('='));
      t.equal(query.encode(), sent.join('&'));
      for (const { name, value } of expected) {
        t.equal(query.get(name), value);
        t.equal(query.encoded(name), encodeComponent(value));
        const rest = query.without((other) => other === name);
        t.same(
          rest.parameters,
          expected.filter((one) => one.name !== name),
        );
        t.equal(rest.encode(), sent.filter((_, at) => expected[at]?.name !== name).join('&'));
        const pieces: string[] = [];
        query.writeCanonical((text) => pieces.push(text), name);
        t.equal(pieces.join(''), rest.canonical());
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.ok(valid > 200, `${valid} of them are queries`);
});

t.test('finds one of many names, and none that is not there', async (t) => {
  for (const count of [15, 16, 17, 1000]) {
    const raw = Array.from({ length: count }, (_, at) => `n${at}=${at}`).join('&');
    const query = parseQuery(raw);
    t.equal(query.get(`n${count - 1}`), `${count - 1}`);
    t.equal(query.get(`n${count}`), undefined);
    t.equal(query.encoded('n'), undefined);
    t.equal(
      codeOf(() => parseQuery(`${raw}&n0`)),
      'InvalidArgument',
    );
    t.equal(query.encode(), raw);
  }
});

t.test('leaves out nothing that is not there', async (t) => {
  const query = parseQuery('a=1');
  t.equal(
    query.without(() => false),
    query,
  );
  t.equal(query.without(() => true).size, 0);
  t.equal(query.with('a', '=').encode(), 'a=%3D');
});
