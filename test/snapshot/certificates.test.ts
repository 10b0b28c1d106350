import t from 'tap';
import { certificateEnds } from '../../src/snapshot/certificates.ts';
import { makePair } from '../config/fixture.ts';
import { snapshotOf } from '../support/snapshot.ts';

t.test('tells the end of each certificate of a listener', async (t) => {
  const [first, second] = [
    await makePair('2026-01-01', '2027-01-01'),
    await makePair('2026-01-01', '2028-01-01'),
  ];
  const [listener] = snapshotOf({}).listeners;
  if (!listener) throw new Error('there is no listener');
  const listeners = [listener, { ...listener, tls: { ...first, certificates: [second] } }];
  t.strictSame(certificateEnds({ listeners }), [
    ['listen[1]', Date.parse('2027-01-01') / 1000],
    ['listen[1].tls.certificates[0]', Date.parse('2028-01-01') / 1000],
  ]);
});
