import t from 'tap';
import { answerTo, questionOf } from '../../src/explain/answer.ts';
import { OBS_OPERATIONS } from '../../src/s3/obs-operations.ts';
import { operation } from '../../src/s3/operations.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

const snapshot = snapshotOf({
  provider: 'obs',
  rules: [
    { bucket: 'secret', encrypt: [testSsecKey('one')] },
    { bucket: 'plain', encrypt: 'off' },
  ],
});

function explained(name: string, bucket: string): string {
  const { shape } = operation(name as (typeof OBS_OPERATIONS)[number]['name']);
  const url = `s3://${bucket}${shape === 'object' ? '/a' : ''}`;
  const asked = { url, op: name, from: undefined, client: undefined, prefix: undefined };
  return answerTo(questionOf(asked), snapshot).join('\n');
}

t.test('explains each operation of OBS, and why one is refused where a rule encrypts', async (t) => {
  for (const row of OBS_OPERATIONS) {
    t.match(explained(row.name, 'plain'), new RegExp(`^${row.method} /`, 'm'), row.name);
    const secret = explained(row.name, 'secret');
    if (row.plainOnly === undefined) t.match(secret, new RegExp(`^${row.method} /`, 'm'), row.name);
    else t.match(secret, row.plainOnly);
  }
  t.match(explained('AppendObject', 'secret'), /a later one goes under the key that the object has/);
});
