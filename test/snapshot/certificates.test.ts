import t from 'tap';
import { certificateEnds } from '../../src/snapshot/certificates.ts';
import { makePair } from '../config/fixture.ts';

const seconds = (day: string): number => Date.parse(day) / 1000;

t.test('tells when each certificate ends, by its place in the config', async (t) => {
  const [first, further, admin] = [
    await makePair('2026-01-01', '2027-01-01'),
    await makePair('2026-01-01', '2028-01-01'),
    await makePair('2026-01-01', '2029-01-01'),
  ];
  const listener = {
    host: '127.0.0.1',
    port: 0,
    auth: 'none',
    permissions: { admin: false, grants: 'all' },
  } as const;
  const listeners = [
    { ...listener, tls: undefined },
    { ...listener, tls: { ...first, certificates: [further] } },
    { ...listener, tls: { cert: 'waits for a restart', key: '' } },
  ];
  t.strictSame(certificateEnds({ listeners, admin: { host: '127.0.0.1', port: 0, tls: admin } }), [
    ['listen[1]', seconds('2027-01-01')],
    ['listen[1].tls.certificates[0]', seconds('2028-01-01')],
    ['admin', seconds('2029-01-01')],
  ]);
  t.strictSame(certificateEnds({ listeners: [], admin: undefined }), []);
});
