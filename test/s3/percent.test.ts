import fc from 'fast-check';
import t from 'tap';
import { decodePercent, encodeComponent, encodePath } from '../../src/s3/percent.ts';
import { refusal } from '../support/failure.ts';

const PATH = { plusIsSpace: false };
const QUERY = { plusIsSpace: true };

t.test('encodes every byte but the unreserved ones, with upper-case digits', async (t) => {
  const unreserved = 'ABCXYZabcxyz0189-._~';
  t.equal(encodeComponent(unreserved), unreserved);
  t.equal(encodeComponent("a b+c/d!'()*é"), 'a%20b%2Bc%2Fd%21%27%28%29%2A%C3%A9');
  t.equal(encodeComponent('\u0000\u007f😀'), '%00%7F%F0%9F%98%80');
  for (let code = 0; code < 128; code++) {
    const char = String.fromCharCode(code);
    t.match(encodeComponent(char), /^([A-Za-z0-9._~-]|%[0-9A-F]{2})$/);
  }
});

t.test('keeps only the slashes of a path', async (t) => {
  t.equal(encodePath('/a//b/../c d'), '/a//b/../c%20d');
  t.equal(encodePath('/%2F'), '/%252F');
});

t.test('reads a plus as a space in a query only', async (t) => {
  t.equal(decodePercent('a+b%2Bc', QUERY), 'a b+c');
  t.equal(decodePercent('a+b%2Bc', PATH), 'a+b+c');
});

t.test('refuses a percent sign that does not start an escape', async (t) => {
  for (const raw of ['%', 'a%', '%4', '%4g', '%%41', '%zz', 'é%', '% 41', '%u0041']) {
    t.equal(refusal(() => decodePercent(raw, PATH)).code, 'InvalidURI', raw);
  }
});

t.test('refuses bytes that are not valid UTF-8', async (t) => {
  const broken = {
    'a lone continuation byte': '%80',
    'a cut sequence': '%C3',
    'an overlong slash': '%C0%AF',
    'a surrogate': '%ED%A0%80',
    'beyond Unicode': '%F4%90%80%80',
    'Latin-1': 'caf%E9',
    'raw bytes in an otherwise plain text': 'caf\u00E9',
    'characters that are no bytes': '日本',
  };
  for (const [what, raw] of Object.entries(broken)) {
    const error = refusal(() => decodePercent(raw, PATH));
    t.equal(error.code, 'InvalidURI', what);
    t.notMatch(error.message, raw, 'the message does not repeat it');
  }
});

t.test('reads raw bytes and escaped ones as the same text', async (t) => {
  t.equal(decodePercent('caf%C3%A9', PATH), 'café');
  t.equal(decodePercent('caf\u00C3\u00A9', PATH), 'café', 'a header has a character for each byte');
  t.equal(decodePercent('caf\u00C3\u00A9%20', PATH), 'café ');
});

t.test('keeps a byte order mark and control characters, except NUL', async (t) => {
  t.equal(decodePercent('%EF%BB%BFa%01%0A', PATH), '\uFEFFa\u0001\n');
  t.equal(refusal(() => decodePercent('a%00', PATH)).code, 'InvalidURI');
});

t.test('decodes what it encoded, whatever the text', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(text.isWellFormed() && !text.includes('\u0000'));
      return (
        decodePercent(encodeComponent(text), QUERY) === text && decodePercent(encodePath(text), PATH) === text
      );
    }),
  );
});
