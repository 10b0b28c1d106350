import t from 'tap';
import { deriveKey } from '../../src/keys/derive.ts';
import { keysToTry, readingKeys, writingKey } from '../../src/keys/ring.ts';
import { ringOf, testSsecKey } from '../support/snapshot.ts';

const NEW = testSsecKey('new');
const OLD = testSsecKey('old');
const object = { bucket: 'vault', objectKey: 'a' };
const NOON = new Date('2026-11-22T12:00:00Z');
const before = new Date(NOON.getTime() - 1);

t.test('all keys of a ring read, in their order', async (t) => {
  t.strictSame(readingKeys(ringOf([NEW, OLD]), object), [NEW, OLD]);
});

t.test('the first key of a ring writes', async (t) => {
  t.equal(writingKey(ringOf([NEW, OLD]), object, new Date(0)), NEW);
});

t.test('a key with a time reads at once and writes from then on', async (t) => {
  const ring = ringOf([{ ssecKey: NEW, writesFrom: NOON }, OLD]);
  t.equal(writingKey(ring, object, before), OLD);
  t.equal(writingKey(ring, object, NOON), NEW);
  t.strictSame(readingKeys(ring, object), [NEW, OLD]);
  t.strictSame(keysToTry(ring, object, before), [OLD, NEW], 'the one that writes is tried first');
  t.strictSame(keysToTry(ring, object, NOON), [NEW, OLD]);
});

t.test('a ring in which no key writes yet has no key for a write, but reads', async (t) => {
  const ring = ringOf([{ ssecKey: NEW, writesFrom: NOON }]);
  t.equal(writingKey(ring, object, before), undefined);
  t.strictSame(keysToTry(ring, object, before), [NEW]);
});

t.test('an entry that derives has a key for each object, and none of them is the master', async (t) => {
  const ring = ringOf([{ ssecKey: NEW, derive: { context: undefined } }, NEW]);
  const [derived, master] = readingKeys(ring, object);
  t.equal(master, NEW);
  t.equal(derived.fingerprint, deriveKey(NEW, 'vault', 'a').fingerprint);
  t.equal(writingKey(ring, object, NOON)?.fingerprint, derived.fingerprint);
  const others = [
    { bucket: 'vault', objectKey: 'b' },
    { bucket: 'other', objectKey: 'a' },
    { bucket: 'vaulta', objectKey: '' },
  ].map((other) => readingKeys(ring, other)[0].fingerprint);
  t.equal(new Set([...others, derived.fingerprint, NEW.fingerprint]).size, 5);
});

t.test('a context replaces the bucket', async (t) => {
  const ring = ringOf([{ ssecKey: NEW, derive: { context: 'backups' } }]);
  const [here, there] = ['eu', 'us'].map((bucket) => readingKeys(ring, { bucket, objectKey: 'a' })[0]);
  t.equal(here?.fingerprint, there?.fingerprint);
  t.equal(here?.fingerprint, deriveKey(NEW, 'backups', 'a').fingerprint);
});
