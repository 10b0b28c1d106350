import t from 'tap';
import { codeOf } from '../support/failure.ts';
import { DATED_TWICE, OBS_VECTORS, RECORDER, verifyRecorded } from './vectors.ts';

t.test('verifies every recorded request of the SDKs from the wire alone', async (t) => {
  const verified = OBS_VECTORS.filter((vector) => {
    const code = codeOf(() => {
      const { holder, dialect } = verifyRecorded(vector);
      t.equal(holder.accessKeyId, RECORDER.accessKeyId);
      t.equal(dialect?.name, vector.scheme === 'OBS' ? 'obs' : undefined);
    });
    if (code !== 'ok') t.fail(`${code}: ${vector.sdk} ${vector.method} ${vector.target}`);
    return code === 'ok';
  });
  t.equal(verified.length, 146);
});

t.test('takes the Date in what was signed although there is an x-obs-date', async (t) => {
  t.equal(
    codeOf(() => verifyRecorded(DATED_TWICE)),
    'ok',
  );
});
