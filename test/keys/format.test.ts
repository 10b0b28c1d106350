import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { KEY_FORMATS, type KeyFormat, parseKeyFile } from '../../src/keys/format.ts';
import { fingerprintOf } from '../../src/keys/key.ts';

const KEY = createHash('sha256').update('test key').digest();
const FINGERPRINT = fingerprintOf(KEY);

function bytesOf(content: Uint8Array | string, format?: KeyFormat): Buffer | undefined {
  const reading = parseKeyFile(Buffer.from(content), format);
  return reading.kind === 'key' ? Buffer.from(reading.bytes) : undefined;
}

function refusal(content: Uint8Array | string, format?: KeyFormat): string {
  const reading = parseKeyFile(Buffer.from(content), format);
  return reading.kind === 'refused' ? `${reading.message}; ${reading.fix}` : 'taken';
}

t.test('each format gives back the 32 bytes', (t) => {
  t.same(bytesOf(KEY), KEY);
  t.same(bytesOf(KEY, 'raw'), KEY);
  for (const end of ['', '\n']) {
    t.same(bytesOf(KEY.toString('base64') + end, 'base64'), KEY);
    t.same(bytesOf(KEY.toString('hex') + end, 'hex'), KEY);
    t.same(bytesOf(KEY.toString('hex').toUpperCase() + end, 'hex'), KEY);
  }
  t.same(bytesOf(KEY, 'velero'), KEY);
  t.same(bytesOf(Buffer.concat([KEY, Buffer.from('more\n')]), 'velero'), KEY);
  t.end();
});

t.test('a text without a format is refused, with the fingerprint under each reading', (t) => {
  const base64 = `${KEY.toString('base64')}\n`;
  const velero = fingerprintOf(Buffer.from(base64).subarray(0, 32));
  t.match(refusal(base64), /45 bytes are not a key: without a format a key has exactly 32 raw bytes/);
  t.match(
    refusal(base64),
    `format: base64 (fingerprint ${FINGERPRINT}) or format: velero (fingerprint ${velero})`,
  );
  t.match(refusal(KEY.toString('hex')), `format: hex (fingerprint ${FINGERPRINT}) or format: velero`);
  t.end();
});

t.test('a refusal shows nothing of the key', (t) => {
  const texts = [KEY.toString('base64'), KEY.toString('hex'), `${KEY.toString('base64')}\n\n`];
  for (const text of texts) {
    for (const format of [undefined, 'raw', 'hex', 'base64'] as const) {
      t.notOk(refusal(text, format).includes(text.slice(0, 12)));
    }
  }
  t.end();
});

t.test('other lengths and spellings are refused', (t) => {
  const base64 = KEY.toString('base64');
  const refused: [Uint8Array | string, KeyFormat | undefined][] = [
    ['', undefined],
    [KEY.subarray(0, 31), undefined],
    [KEY.subarray(0, 31), 'velero'],
    [Buffer.concat([KEY, KEY]), 'raw'],
    [`${base64}\n\n`, 'base64'],
    [`${base64}\r\n`, 'base64'],
    [` ${base64}`, 'base64'],
    [base64.replace('=', ''), 'base64'],
    [KEY.toString('base64url'), 'base64'],
    [KEY.subarray(0, 31).toString('base64'), 'base64'],
    [`${KEY.toString('hex')} `, 'hex'],
    [KEY.toString('hex').slice(2), 'hex'],
    [`0x${KEY.toString('hex').slice(2)}`, 'hex'],
  ];
  for (const [content, format] of refused) t.equal(bytesOf(content, format), undefined, `${format}`);
  t.end();
});

t.test('base64 with bits set that no byte uses is not canonical and refused', (t) => {
  const text = KEY.toString('base64');
  const last = text.at(-2) ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const twin = alphabet[alphabet.indexOf(last) + 1] ?? '';
  t.same(Buffer.from(`${text.slice(0, -2)}${twin}=`, 'base64'), KEY, 'a lax decoder takes it');
  t.equal(bytesOf(`${text.slice(0, -2)}${twin}=`, 'base64'), undefined);
  t.end();
});

t.test('a raw key with a newline at its end is refused with a hint', (t) => {
  const content = Buffer.concat([KEY, Buffer.from('\n')]);
  for (const format of [undefined, 'raw'] as const)
    t.match(refusal(content, format), 'the last byte is a newline');
  t.end();
});

t.test('32 times the same byte is not a key, in any format', (t) => {
  for (const byte of [0, 0x41, 0xff]) {
    const bytes = Buffer.alloc(32, byte);
    t.match(refusal(bytes), 'all 32 bytes of the key are the same');
    t.equal(bytesOf(bytes.toString('base64'), 'base64'), undefined);
    t.equal(bytesOf(bytes.toString('hex'), 'hex'), undefined);
    t.equal(bytesOf(Buffer.concat([bytes, KEY]), 'velero'), undefined);
  }
  t.end();
});

t.test('any content gives 32 bytes or a refusal, and never throws', (t) => {
  const format = fc.constantFrom(undefined, ...KEY_FORMATS);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), format, (content, format) => {
      const reading = parseKeyFile(content, format);
      return reading.kind === 'refused' || reading.bytes.length === 32;
    }),
  );
  t.end();
});
