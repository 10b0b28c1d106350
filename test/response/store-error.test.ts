import { Readable } from 'node:stream';
import t from 'tap';
import { parseStoreError, readErrorText } from '../../src/response/store-error.ts';
import { testSsecKey } from '../support/snapshot.ts';

const ssecKey = testSsecKey('a');
const parsed = (xml: string) => parseStoreError(xml, [ssecKey]);
const error = (inner: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`;

t.test('reads code and message, entities and all', async (t) => {
  t.match(
    parsed(error('<Code>NoSuchKey</Code><Message>No &lt;key&gt; &amp; no &quot;object&quot;.</Message>')),
    {
      code: 'NoSuchKey',
      message: 'No <key> & no "object".',
    },
  );
  t.match(
    parsed(error('<Code>Code1</Code><Message>007</Message>')),
    { message: '007' },
    'numbers stay texts',
  );
});

t.test('never says nothing: some clients crash on an empty message', async (t) => {
  for (const inner of ['', '<Message/>', '<Message></Message>', '<Message> </Message>']) {
    const { message } = parsed(error(`<Code>NotImplemented</Code>${inner}`)) ?? {};
    t.match(message, /NotImplemented/, inner);
  }
});

t.test('leaves behind whatever would hold a key or lead around the proxy', async (t) => {
  const leaks = error(
    `<Code>SignatureDoesNotMatch</Code><Message>m</Message><CanonicalRequest>${ssecKey.base64}</CanonicalRequest>` +
      `<ArgumentValue>${ssecKey.md5}</ArgumentValue><Endpoint>store.test</Endpoint><HostId>h</HostId>`,
  );
  t.notMatch(JSON.stringify(parsed(leaks)), /CanonicalRequest|ArgumentValue|store\.test|HostId/);
  t.match(parsed(error('<Code>NoSuchKey</Code><Key>a b</Key><HostId>h</HostId>'))?.fields, { Key: 'a b' });
});

t.test('repeats no message that quotes a key, in whatever writing', async (t) => {
  for (const secret of [ssecKey.base64, ssecKey.md5]) {
    const bytes = Buffer.from(secret, 'base64');
    for (const form of [
      secret,
      encodeURIComponent(secret),
      bytes.toString('hex'),
      bytes.toString('base64url'),
    ]) {
      for (const place of ['Message', 'ArgumentName']) {
        const text = JSON.stringify(
          parsed(error(`<Code>InvalidArgument</Code><${place}>The value ${form} is bad.</${place}>`)),
        );
        t.notOk(text.includes(form), `${place}: ${form.length}`);
      }
    }
  }
});

t.test('takes nothing else for an error document', async (t) => {
  const others = [
    '',
    'Bad gateway',
    '<html><body>502</body></html>',
    '<Error>',
    '<Error></Error>',
    error('<Message>no code</Message>'),
    error('<Code></Code>'),
    error('<Code>a b</Code>'),
    error(`<Code>${'x'.repeat(65)}</Code>`),
    error('<Code><b>nested</b></Code>'),
    '<!DOCTYPE Error [<!ENTITY x "y">]><Error><Code>&x;</Code></Error>',
    '{"Error":{"Code":"NoSuchKey"}}',
  ];
  for (const xml of others) t.equal(parsed(xml), undefined, xml.slice(0, 40));
});

t.test('reads it from a stream, in whatever pieces it comes', async (t) => {
  const xml = Buffer.from(error('<Code>NoSuchKey</Code><Message>Kein Schlüssel.</Message>'));
  const pieces = Readable.from([...xml].map((byte) => Buffer.from([byte])));
  t.match(parseStoreError((await readErrorText(pieces, 60_000)).text, []), {
    code: 'NoSuchKey',
    message: 'Kein Schlüssel.',
  });
});

t.test('gives up on what is longer than any error document', async (t) => {
  const long = Readable.from([Buffer.from(error(`<Code>NoSuchKey</Code>`)), Buffer.alloc(64 * 1024, ' ')]);
  t.same(await readErrorText(long, 60_000), { text: '', fault: 'is longer than 65536 bytes' });
  t.ok(long.destroyed, 'and reads no further');
});
