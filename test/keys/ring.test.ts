import t from 'tap';
import { readingKeys, ringOf, writingKey } from '../../src/keys/ring.ts';
import { testSsecKey } from '../support/snapshot.ts';

const NEW = testSsecKey('new');
const OLD = testSsecKey('old');
const object = { bucket: 'vault', objectKey: 'a' };

t.test('all keys of a ring read, in their order', async (t) => {
  t.strictSame(readingKeys(ringOf([NEW, OLD]), object), [NEW, OLD]);
});

t.test('the first key of a ring writes', async (t) => {
  t.equal(writingKey(ringOf([NEW, OLD]), object, new Date(0)), NEW);
});
