import fc from 'fast-check';
import t from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { holdsKey, mayHoldKey } from '../../src/ssec/leak.ts';
import { testSsecKey } from '../support/snapshot.ts';

const pairs = (bytes: Buffer): string[] => [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
const numbers = (bytes: Buffer, radix: number, width = 0): string[] =>
  [...bytes].map((byte) => byte.toString(radix).padStart(width, '0'));
const within = (bytes: Buffer, before: number): Buffer =>
  Buffer.concat([Buffer.from('user:').subarray(0, before), bytes, Buffer.from('tail')]);
const twice = (text: string): string => Buffer.from(text).toString('base64');
const base32 = (bytes: Buffer): string => {
  const bits = numbers(bytes, 2, 8)
    .join('')
    .padEnd(Math.ceil((bytes.length * 8) / 5) * 5, '0');
  return bits.replaceAll(
    /.{5}/g,
    (five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)] ?? '',
  );
};

const WRITINGS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  base64: (bytes) => bytes.toString('base64'),
  'base64 without padding': (bytes) => bytes.toString('base64').replace(/=+$/, ''),
  base64url: (bytes) => bytes.toString('base64url'),
  'base64 in lines': (bytes) => bytes.toString('base64').replaceAll(/.{8}/g, '$&\r\n'),
  'base64 in a URL': (bytes) => encodeURIComponent(bytes.toString('base64')),
  'base64 in a mail': (bytes) =>
    bytes.toString('base64').replaceAll('=', '=3D').replaceAll(/.{10}/g, '$&=\r\n'),
  'base64 in UTF-16': (bytes) => Buffer.from(bytes.toString('base64'), 'utf16le').toString('latin1'),
  'base64 of more, one byte before': (bytes) => within(bytes, 1).toString('base64'),
  'base64 of more, two bytes before': (bytes) => within(bytes, 2).toString('base64'),
  'base64 of more, three bytes before': (bytes) => within(bytes, 3).toString('base64'),
  'base64 of base64': (bytes) => twice(bytes.toString('base64')),
  'base64 of a word and base64': (bytes) => twice(`AES256:${bytes.toString('base64')}`),
  'base64 of hex': (bytes) => twice(`k=${bytes.toString('hex')}`),
  'base64 of upper-case hex': (bytes) => twice(bytes.toString('hex').toUpperCase()),
  base32,
  'base32 of more': (bytes) => base32(within(bytes, 3)),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  'hex with colons': (bytes) => pairs(bytes).join(':'),
  'an array of C': (bytes) => pairs(bytes).join(' '),
  'bytes of a canonical request': (bytes) => pairs(Buffer.from(bytes.toString('base64'))).join(' '),
  'escaped bytes': (bytes) =>
    pairs(bytes)
      .map((pair) => `%${pair}`)
      .join(''),
  'escaped letters': (bytes) =>
    pairs(Buffer.from(bytes.toString('base64')))
      .map((pair) => `\\x${pair}`)
      .join(''),
  'escaped letters in JSON': (bytes) =>
    pairs(Buffer.from(bytes.toString('base64')))
      .map((pair) => `\\u00${pair}`)
      .join(''),
  'escaped letters in octal': (bytes) =>
    numbers(Buffer.from(bytes.toString('base64')), 8, 3)
      .map((digits) => `\\${digits}`)
      .join(''),
  references: (bytes) => [...Buffer.from(bytes.toString('base64'))].map((code) => `&#${code};`).join(''),
  'a list of numbers': (bytes) => [...bytes].join(', '),
  'a padded list of numbers': (bytes) => numbers(bytes, 10, 3).join(' '),
  'a list of octal numbers': (bytes) => numbers(bytes, 8).join(' '),
  'a padded list of octal numbers': (bytes) => numbers(bytes, 8, 3).join(' '),
  bits: (bytes) => numbers(bytes, 2, 8).join(' '),
  'one number': (bytes) => BigInt(`0x${bytes.toString('hex')}`).toString(),
  'the letters of base64 as numbers': (bytes) => [...Buffer.from(bytes.toString('base64'))].join(','),
  'hex from its end': (bytes) => bytes.toString('hex').split('').toReversed().join(''),
  'base64 from its end': (bytes) => bytes.toString('base64').split('').toReversed().join(''),
  'the bytes themselves': (bytes) => bytes.toString('latin1'),
};

t.test('finds every key and its MD5 in every writing of a program', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (bytes, around) => {
      const ssecKey = new SseKey('random', bytes);
      for (const base64 of [ssecKey.base64, ssecKey.md5])
        for (const [name, write] of Object.entries(WRITINGS)) {
          const text = `${around} ${write(Buffer.from(base64, 'base64'))} ${around}`;
          if (!holdsKey(text, [testSsecKey('other'), ssecKey])) throw new Error(`${name}: ${text}`);
        }
    }),
  );
});

t.test('finds nothing where there is nothing', async (t) => {
  const ssecKey = testSsecKey('a');
  const texts = [
    '',
    'The specified key does not exist.',
    testSsecKey('b').base64,
    ssecKey.fingerprint,
    'AES256',
  ];
  for (const text of texts) t.notOk(holdsKey(text, [ssecKey]));
  t.notOk(holdsKey(ssecKey.base64, []), 'it looks for the keys in play only');
});

t.test('finds half of a key, and none in other keys and in numbers', async (t) => {
  const ssecKey = testSsecKey('a');
  const hex = Buffer.from(ssecKey.base64, 'base64').toString('hex');
  for (const half of [ssecKey.base64.slice(3, 20), ssecKey.base64.slice(22), hex.slice(5, 25)])
    t.ok(holdsKey(`x-amz-id-2: ${half}`, [ssecKey]), half);
  for (let i = 0; i < 2000; i += 1) {
    const other = testSsecKey(`other ${i}`);
    const text = `${other.base64} ${[...Buffer.from(other.base64, 'base64')].join()} ${i * 123_456_789_012}`;
    if (holdsKey(text, [ssecKey])) t.fail(text);
  }
});

t.test('the first look at headers passes over no key that the whole look finds', async () => {
  const short = fc.string({ maxLength: 6 });
  const cuts = fc.tuple(fc.nat(60), fc.nat(60));
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(WRITINGS)),
      short,
      cuts,
      (write, around, [first, second]) => {
        const ssecKey = testSsecKey('a');
        const text = write(Buffer.from(ssecKey.base64, 'base64'));
        const [from, to] = [Math.min(first, second), Math.max(first, second)];
        // Whole in one, and going on from one value into the next.
        for (const values of [
          [around, text],
          [text.slice(0, from) + around],
          [text.slice(0, from), text.slice(from, to), text.slice(to)],
        ]) {
          const headers = values.flatMap((value, i) => [`x-amz-meta-${i}`, value]);
          const found = holdsKey(headers.join('\n'), [ssecKey]) || holdsKey(values.join(''), [ssecKey]);
          if (found && !mayHoldKey(headers, [ssecKey])) throw new Error(values.join('|'));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

t.test('the first look at headers is enough for those of a usual answer', async (t) => {
  const headers = ['Date', 'Fri, 27 Nov 2026 09:00:00 GMT', 'ETag', '"0123456789abcdef0123456789abcdef"'];
  t.notOk(mayHoldKey([...headers, 'Cache-Control', 'max-age=no'], [testSsecKey('a')]));
  t.ok(mayHoldKey([...headers, 'x-amz-id-2', testSsecKey('a').base64], [testSsecKey('a')]));
});
