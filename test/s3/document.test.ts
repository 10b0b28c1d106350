import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import t from 'tap';
import { readDocument } from '../../src/s3/document.ts';

const MALFORMED = { code: 'MalformedXML' };

await t.test('reads texts exactly, with the entities of XML', async (t) => {
  const xml =
    '<?xml version="1.0"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n' +
    '<Object><Key> a&amp;lt;b &lt;&#13;&#x1F600; </Key></Object><Object><Key>007</Key></Object></Delete>';
  const objects = readDocument(xml, 'Delete').all('Object');
  t.strictSame(
    objects.map((object) => object.text('Key')),
    [' a&lt;b <\r😀 ', '007'],
  );
});

await t.test('refuses other documents, and every definition of entities', async (t) => {
  t.throws(() => readDocument('', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Delete><Object></Delete>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Tagging/>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Delete/><Error/>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Error><Code>a</Code></Error><Delete></Delete>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<!DOCTYPE d [<!ENTITY e "x">]><Delete>&e;</Delete>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Delete>&unknown;</Delete>', 'Delete'), MALFORMED);
});

await t.test('reads what another parser reads', async () => {
  const other = new XMLParser({
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    alwaysCreateTextNode: true,
    isArray: (name) => name !== '#text',
  });
  const name = fc.constantFrom('a', 'b', 'x:a', 'c-1');
  const text = fc.constantFrom('', 'a', ' b ', '&amp;&lt;', '<!-- <a> -->', 'ü');
  const withInner = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(name, fc.constantFrom('', ' k="v>"', " k = '/'"), text, fc.array(inner, { maxLength: 3 }), text)
      .map(
        ([tag, attribute, before, all, behind]) =>
          `<${tag}${attribute}>${before}${all.join('')}${behind}</${tag}>`,
      );
  const element = withInner(withInner(withInner(text)));
  fc.assert(
    fc.property(element, (inner) => {
      const xml = `<R>${inner}</R>`;
      const [expected] = (other.parse(xml, true) as { R: readonly Node[] }).R;
      return same(readDocument(xml, 'R'), expected ?? {});
    }),
  );
});

interface Node {
  readonly [name: string]: string | readonly Node[];
}

function same(read: ReturnType<typeof readDocument>, node: Node): boolean {
  const { '#text': value = '', ...children } = node;
  const names = ['a', 'b', 'c-1'];
  return (
    read.value === value &&
    names.every((name) => {
      const expected = (children[name] ?? []) as readonly Node[];
      const all = read.all(name);
      return all.length === expected.length && all.every((one, i) => same(one, expected[i] ?? {}));
    })
  );
}
