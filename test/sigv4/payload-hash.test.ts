import t from 'tap';
import { checkPayloadHash } from '../../src/sigv4/payload-hash.ts';
import { codeOf, refusal } from '../support/failure.ts';

t.test('takes a SHA-256 in either case and UNSIGNED-PAYLOAD, as they are', async (t) => {
  for (const value of ['0'.repeat(64), 'aB'.repeat(32), 'UNSIGNED-PAYLOAD'])
    t.equal(checkPayloadHash(value), value);
});

t.test('refuses every streaming value before its framing is stored as data', async (t) => {
  const streaming = [
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
    'STREAMING-SOMETHING-NEW',
  ];
  for (const value of streaming) {
    const error = refusal(() => checkPayloadHash(value));
    t.equal(error.code, 'NotImplemented');
    t.ok(error.message.includes(value), 'says which');
  }
  t.notMatch(refusal(() => checkPayloadHash('STREAMING-<script>')).message, '<');
});

t.test('refuses anything else', async (t) => {
  for (const value of [
    '',
    'x',
    '0'.repeat(63),
    '0'.repeat(65),
    'g'.repeat(64),
    'unsigned-payload',
    'streaming-x',
  ]) {
    t.equal(
      codeOf(() => checkPayloadHash(value)),
      'InvalidArgument',
      value,
    );
  }
});
