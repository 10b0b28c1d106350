import { createHash, createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { isPinned, type Pin, pinUploadId, readUploadId, unpinned } from '../../src/multipart/upload-id.ts';
import { bucketNames, objectKeys } from '../support/arbitrary.ts';
import { testSsecKey } from '../support/snapshot.ts';

const [NEW, OLD, GONE] = [testSsecKey('new'), testSsecKey('old'), testSsecKey('gone')];
const RING = [NEW, OLD];
const OBJECT = { bucket: 'vault', objectKey: 'a/b c' };

/** Ids as AWS, MinIO, Ceph, OBS, Garage and SeaweedFS make them, and anything else of their characters. */
const storeIds = fc.oneof(
  fc.constantFrom(
    'VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5tMnRzIHVwbG9hZA',
    'xadcOB_7YPBOJuoFiQ9cz4P3Pe6FIZwO4f7wN93uHsNBEw97pl5eNwzExg0LAT2dUN91cOmrEQHDsP3WA60CEg--',
    'NzU1YmQ0YTItZTc5Yi00ZmQ5LTk4ZTMtZmUyNTExOTQ2MGMzLjE0ZWU0MzA2',
    '2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce',
    '00000163D40171ED8DF4050919BD02B8',
    'e1c8f1b0_1a2b',
  ),
  fc.stringMatching(/^[A-Za-z0-9._~-]{1,130}$/),
);
const pins: fc.Arbitrary<Pin> = fc.record({
  began: fc.constantFrom('ours' as const, 'client' as const),
  ssecKey: fc.constantFrom(...RING),
});
const objects = fc.record({ bucket: bucketNames, objectKey: objectKeys });

t.test('a mark alone is not an id, and does not become an empty one', async (t) => {
  for (const pin of [{ began: 'ours', ssecKey: NEW } as const, { began: 'client', ssecKey: OLD } as const]) {
    const shown = pinUploadId('', OBJECT, pin);
    t.same(readUploadId(shown, OBJECT, RING), { kind: 'forged' });
    t.equal(unpinned(shown), shown);
  }
});

t.test('an id comes out as it went in, with what it began with', async (t) => {
  fc.assert(
    fc.property(storeIds, objects, pins, (uploadId, object, pin) => {
      const shown = pinUploadId(uploadId, object, pin);
      t.same(readUploadId(shown, object, RING), { kind: 'pinned', uploadId, pin });
      t.same(
        readUploadId(shown, object, [OLD, NEW]),
        { kind: 'pinned', uploadId, pin },
        'whatever its place',
      );
      t.equal(unpinned(shown), uploadId);
      t.match(shown.slice(uploadId.length), /^[A-Za-z0-9._~-]{1,64}$/);
    }),
    { numRuns: 200 },
  );
});

t.test('no character of an id may be changed, taken away or added', async (t) => {
  const alphabet = fc.constantFrom(...'AZaz09._~-'.split(''));
  fc.assert(
    fc.property(storeIds, pins, fc.nat(), alphabet, (uploadId, pin, at, other) => {
      const shown = pinUploadId(uploadId, OBJECT, pin);
      const place = at % shown.length;
      const changes = [
        shown.slice(0, place) + other + shown.slice(place + 1),
        shown.slice(0, place) + shown.slice(place + 1),
        shown.slice(0, place) + other + shown.slice(place),
      ];
      for (const changed of changes)
        t.equal(changed === shown || readUploadId(changed, OBJECT, RING).kind !== 'pinned', true, changed);
    }),
    { numRuns: 500 },
  );
});

t.test('of its last character the bits that mean nothing may not be changed either', async (t) => {
  const shown = pinUploadId('u', OBJECT, { began: 'ours', ssecKey: NEW });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const accepted = letters
    .split('')
    .filter((last) => readUploadId(shown.slice(0, -1) + last, OBJECT, RING).kind === 'pinned');
  t.same(accepted, [shown.at(-1)]);
});

t.test('an id is of one bucket and one object key', async (t) => {
  const shown = pinUploadId('u', OBJECT, { began: 'ours', ssecKey: NEW });
  for (const other of [
    { bucket: 'vault', objectKey: 'a/b' },
    { bucket: 'vaul', objectKey: 'ta/b c' },
    { bucket: 'other', objectKey: 'a/b c' },
  ]) {
    t.same(readUploadId(shown, other, RING), { kind: 'forged' });
  }
});

t.test('what an upload began with is part of what is authenticated', async (t) => {
  const shown = pinUploadId('u', OBJECT, { began: 'client', ssecKey: NEW });
  t.same(readUploadId(shown.replace('~ssec1c', '~ssec1o'), OBJECT, RING), { kind: 'forged' });
});

t.test('says which key an id names that is not there any more', async (t) => {
  const shown = pinUploadId('u', OBJECT, { began: 'ours', ssecKey: GONE });
  t.same(readUploadId(shown, OBJECT, RING), { kind: 'unknown-key', fingerprint: GONE.fingerprint });
});

t.test("leaves the stores' own ids alone, and knows its own around them", async (t) => {
  for (const raw of ['', 'u', '2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce', '~ssec1', `u~ssec1o${'A'.repeat(43)}`]) {
    t.notOk(isPinned(raw), raw);
    t.equal(unpinned(raw), raw);
    t.same(readUploadId(raw, OBJECT, RING), { kind: 'raw', uploadId: raw });
  }
  const inner = pinUploadId('u', OBJECT, { began: 'ours', ssecKey: OLD });
  const outer = pinUploadId(inner, OBJECT, { began: 'ours', ssecKey: NEW });
  t.match(
    readUploadId(outer, OBJECT, [NEW]),
    { kind: 'pinned', uploadId: inner },
    'one proxy behind another',
  );
});

t.test('is made as its description says', async (t) => {
  const bytes = createHash('sha256').update('test key new').digest();
  const fingerprint = createHmac('sha256', bytes)
    .update('ssec-proxy/fingerprint/v1')
    .digest()
    .subarray(0, 16);
  const macKey = Buffer.from(hkdfSync('sha256', bytes, '', 'ssec-proxy/upload-id/v1', 32));
  const said = Buffer.from(
    '\0\0\0\x04ours\0\0\0\x05vault\0\0\0\x05a/b c\0\0\0\x21'.concat('2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce'),
    'latin1',
  );
  const mac = createHmac('sha256', macKey).update(said).digest().subarray(0, 16);
  t.equal(
    pinUploadId('2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce', OBJECT, { began: 'ours', ssecKey: NEW }),
    `2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce~ssec1o${fingerprint.toString('base64url')}${mac.toString('base64url')}`,
  );
});
