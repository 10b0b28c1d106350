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
  t.throws(() => readDocument('<!DOCTYPE d [<!ENTITY e "x">]><Delete>&e;</Delete>', 'Delete'), MALFORMED);
  t.throws(() => readDocument('<Delete>&unknown;</Delete>', 'Delete'), MALFORMED);
});
