import t from 'tap';
import { relayedHeaders } from '../../src/response/rewrite.ts';
import { responseWith } from '../support/exchange.ts';
import { onWire } from '../support/headers.ts';

const DROPPED = [
  'X-Amz-Server-Side-Encryption-Customer-Key-MD5: AAAAAAAAAAAAAAAAAAAAAA==',
  'X-Amz-Request-Id: OF-THE-STORE',
  'Location: https://store.test/bucket',
  'Connection: close, X-Hop',
  'X-Hop: 1',
  'Keep-Alive: timeout=5',
];
const KEPT = [
  'ETag: "0123456789abcdef0123456789abcdef"',
  'x-amz-server-side-encryption-customer-algorithm: AES256',
  'x-amz-version-id: v1',
  'X-Amz-Meta-A: 1',
  'x-amz-meta-a: 2',
  `x-amz-meta-b: ${onWire('é')}`,
  'Last-Modified: Mon, 01 Jun 2026 12:00:00 GMT',
];
const OF_THE_BODY = [
  'Content-Length: 0',
  'Content-Type: text/plain',
  'Content-Encoding: gzip',
  'Content-MD5: m',
];

const lines = (raw: readonly string[]): string[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));

t.test('relays the headers of the store as they are, but for those that are not for clients', async (t) => {
  await responseWith([...DROPPED, ...KEPT, ...OF_THE_BODY], async (response) => {
    t.same(lines(relayedHeaders(response, 'relayed', [])), [...KEPT, ...OF_THE_BODY]);
  });
});

t.test('leaves out what describes a body that is replaced', async (t) => {
  await responseWith([...DROPPED, ...KEPT, ...OF_THE_BODY], async (response) => {
    t.same(lines(relayedHeaders(response, 'replaced', [])), KEPT);
  });
});
