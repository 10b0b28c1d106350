import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { SigningKey } from '../../src/sigv4/signing-key.ts';

const SCOPE = { date: '20150830', region: 'us-east-1', service: 'iam', terminator: 'aws4_request' };
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, recomputed with openssl
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const DERIVED = Buffer.from('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9', 'hex');

const key = new SigningKey(SECRET, SCOPE);
const byNode = (text: string): string => createHmac('sha256', DERIVED).update(text).digest('hex');

t.test('signs any text as Node does with the key of the documentation', async (t) => {
  const text = fc.oneof(
    fc.string({ maxLength: 700 }),
    fc.string({ unit: 'binary', maxLength: 700 }),
    fc.string({ minLength: 500, maxLength: 520 }),
    fc.string({ unit: 'binary', minLength: 250, maxLength: 520 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      t.equal(key.sign(text), byNode(text));
      t.ok(key.hasSigned(text, byNode(text)));
    }),
    { numRuns: 500 },
  );
});

t.test('signs a text in two pieces as the whole of it', async (t) => {
  for (const length of [0, 1, 63, 64, 150, 447, 448, 449, 512, 2000]) {
    const [text, end] = ['a'.repeat(length), 'b'.repeat(64)];
    t.equal(key.sign(text, end), byNode(text + end));
    t.ok(key.hasSigned(text, byNode(text + end), end));
    t.notOk(key.hasSigned(text, byNode(text + end)));
    t.equal(key.sign(text), byNode(text));
  }
});

t.test('keys that are used in turns do not mix', async (t) => {
  const other = new SigningKey('another', SCOPE);
  const first = key.sign('text');
  t.not(other.sign('text'), first);
  t.equal(key.sign('text'), first);
  t.not(other.hasSigned('text', first), true);
});

t.test('takes nothing else for a signature', async (t) => {
  const signature = key.sign('text');
  t.ok(key.hasSigned('text', signature));
  for (const [what, wrong] of Object.entries({
    'of another text': key.sign('texts'),
    'in upper case': signature.toUpperCase(),
    'one digit short': signature.slice(0, -1),
    'one digit more': `${signature}0`,
    'with a letter that has the same last byte': `${signature.slice(0, -1)}${String.fromCharCode(0x100 + signature.charCodeAt(63))}`,
    'in bytes that UTF-8 cuts': `${signature.slice(0, -1)}é`,
    empty: '',
  }))
    t.notOk(key.hasSigned('text', wrong), what);
});

t.test('does not print', async (t) => {
  const shown = `${inspect(key, { showHidden: true, depth: 9 })} ${JSON.stringify(key)}`;
  t.notMatch(shown, /[0-9a-f]{8}|\d+, \d+/);
});
