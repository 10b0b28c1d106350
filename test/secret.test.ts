import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import t from 'tap';
import { SseKey } from '../src/keys/key.ts';
import { makeLog } from '../src/log.ts';
import { Secret } from '../src/secret.ts';
import { snapshotOf, testClient, testCredentials, testSsecKey } from './support/snapshot.ts';

const secret = new Secret('do-not-show');
const ssecKey = testSsecKey('shown-by-id-only');

/** Every way in which an object turns into text that a program is likely to take. */
function texts(value: unknown): string[] {
  let printed = '';
  const out = new Writable({
    write: (chunk, _, done) => {
      printed += String(chunk);
      done();
    },
  });
  const console = new Console({ stdout: out, stderr: out });
  console.log(value);
  console.log('%s %o %O %j', value, value, value, value);
  console.dir(value, { depth: null, showHidden: true });
  console.table([value]);
  makeLog('info', out).info({ value }, 'text');
  return [
    String(value),
    `a ${value as string} in a text`,
    [value].join(),
    JSON.stringify(value) ?? '',
    JSON.stringify({ deep: [{ value }] }),
    inspect(value),
    inspect({ deep: { value } }, { depth: null, showHidden: true, getters: true }),
    inspect(value, { customInspect: false, showHidden: true, depth: null }),
    format('%s %o %O %j', value, value, value, value),
    new Error(`failed with ${value as string}`).message,
    inspect(new Error('failed', { cause: value })),
    inspect(Object.assign(new Error('failed'), { value })),
    JSON.stringify(Object.entries(value as object)),
    JSON.stringify({ ...(value as object) }),
    printed,
  ];
}

t.test('a secret reveals itself only when it is asked to', async (t) => {
  t.equal(secret.reveal(), 'do-not-show');
  for (const text of texts(secret)) t.notMatch(text, /do-not-show/);
  t.equal(String(secret), '[redacted]');
  t.equal(JSON.stringify({ secret }), '{"secret":"[redacted]"}');
});

t.test('an SSE-C key prints its id, and neither its bytes nor their MD5', async (t) => {
  const hex = Buffer.from(ssecKey.base64, 'base64').toString('hex');
  const md5Hex = Buffer.from(ssecKey.md5, 'base64').toString('hex');
  for (const text of texts(ssecKey)) {
    for (const form of [ssecKey.base64, ssecKey.md5, hex, md5Hex]) t.notOk(text.includes(form), text);
  }
  t.equal(String(ssecKey), '[SSE-C key shown-by-id-only]');
  t.match(inspect(ssecKey), /shown-by-id-only [0-9a-f]{32}/);
  t.same(JSON.parse(JSON.stringify(ssecKey)), { id: ssecKey.id, fingerprint: ssecKey.fingerprint });
});

t.test('a key of another length is refused without being shown', async (t) => {
  for (const length of [0, 16, 31, 33, 64]) {
    const bytes = Buffer.alloc(length, 'q');
    t.throws(() => new SseKey('short', bytes), {
      name: 'RangeError',
      message: /^SSE-C key "short" has \d+ bytes; AES256 takes exactly 32$/,
    });
  }
});

t.test('a fingerprint is of the key and gives nothing of its MD5 away', async (t) => {
  t.match(ssecKey.fingerprint, /^[0-9a-f]{32}$/);
  t.equal(testSsecKey('shown-by-id-only').fingerprint, ssecKey.fingerprint);
  t.not(testSsecKey('another').fingerprint, ssecKey.fingerprint);
  t.not(Buffer.from(ssecKey.md5, 'base64').toString('hex'), ssecKey.fingerprint);
});

t.test('credentials and a whole snapshot print neither secrets nor keys', async (t) => {
  const credentials = testCredentials('someone');
  const snapshot = snapshotOf({
    rules: [{ bucket: 'b', encrypt: [ssecKey] }],
    clients: [testClient('someone', testCredentials('upstream'))],
  });
  for (const value of [credentials, snapshot, snapshot.clients, snapshot.rules.rules]) {
    for (const text of texts(value)) {
      t.notMatch(text, /secret of/);
      t.notOk(text.includes(ssecKey.base64) || text.includes(ssecKey.md5));
    }
  }
});
