import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import t from 'tap';
import { errorXml, escapeXml } from '../../src/s3/xml.ts';

t.test('escapes what XML reads as markup', async (t) => {
  t.equal(
    escapeXml(`<a href="x">'&amp;'</a>`),
    '&lt;a href=&quot;x&quot;&gt;&apos;&amp;amp;&apos;&lt;/a&gt;',
  );
  t.equal(escapeXml('a\r\nb\tc'), 'a&#13;\nb\tc');
});

t.test('replaces characters that XML cannot contain', async (t) => {
  t.equal(escapeXml('a\u0000b\u0008c\u001Fd\uFFFEe\uFFFFf'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf');
  t.equal(escapeXml('😀 é 日本'), '😀 é 日本');
});

t.test('makes the error document of S3', async (t) => {
  t.equal(
    errorXml({ Code: 'NoSuchKey', Message: 'No <key>.', Resource: '/b/k&k' }),
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<Error><Code>NoSuchKey</Code><Message>No &lt;key&gt;.</Message><Resource>/b/k&amp;k</Resource></Error>',
  );
});

t.test('writes any text so that a parser reads it back', async () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });
  const text = fc
    .array(fc.constantFrom('a', '<', '>', '&', '"', "'", ';', '&amp;', '&#13;', ']]>', '<!--', '日', ' '), {
      minLength: 1,
    })
    .map((parts) => `x${parts.join('')}x`);
  fc.assert(
    fc.property(text, (message) => {
      const document = parser.parse(errorXml({ Message: message })) as { Error: { Message: string } };
      return document.Error.Message === message;
    }),
  );
});
