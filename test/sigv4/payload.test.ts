import t from 'tap';
import { payloadOf } from '../../src/sigv4/payload.ts';
import { codeOf, refusal } from '../support/failure.ts';

t.test('reads every way that a body may be announced', async (t) => {
  t.same(payloadOf(undefined), { kind: 'unsigned' });
  t.same(payloadOf('UNSIGNED-PAYLOAD'), { kind: 'unsigned' });
  t.same(payloadOf('0'.repeat(64)), { kind: 'sha256', sha256: '0'.repeat(64) });
  t.same(payloadOf('aB'.repeat(32)), { kind: 'sha256', sha256: 'ab'.repeat(32) });
  const modes = {
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailers: true },
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailers: false },
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailers: true },
  };
  for (const [value, mode] of Object.entries(modes)) t.same(payloadOf(value), { kind: 'chunked', ...mode });
});

t.test('refuses SigV4A by its name', async (t) => {
  for (const mode of ['PAYLOAD', 'PAYLOAD-TRAILER']) {
    const error = refusal(() => payloadOf(`STREAMING-AWS4-ECDSA-P256-SHA256-${mode}`));
    t.match(error, { code: 'NotImplemented', status: 501, message: /4A/ });
  }
});

t.test('refuses anything else', async (t) => {
  for (const value of [
    '',
    'x',
    '0'.repeat(63),
    '0'.repeat(65),
    'g'.repeat(64),
    'unsigned-payload',
    'STREAMING-SOMETHING-NEW',
    'STREAMING-UNSIGNED-PAYLOAD',
    'constructor',
    '__proto__',
  ]) {
    t.equal(
      codeOf(() => payloadOf(value)),
      'InvalidArgument',
      value,
    );
  }
  t.notMatch(refusal(() => payloadOf('STREAMING-<script>')).message, '<');
});
