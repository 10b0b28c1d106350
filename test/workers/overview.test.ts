import t from 'tap';
import { Overview } from '../../src/workers/overview.ts';
import { makePair } from '../config/fixture.ts';
import { snapshotOf } from '../support/snapshot.ts';

const nothing = (): undefined => undefined;
const logHealth = {
  dropped: () => 0,
  waiting: () => 0,
  capacity: () => 1,
  trouble: nothing,
  wrong: nothing,
};

t.test('the certificate of the admin address is among the metrics, although no worker has it', async (t) => {
  const keyStores = { all: () => [], trouble: nothing };
  const overview = new Overview({ places: [], keyStores, logHealth }, 2, snapshotOf({}));
  const name = /^ssec_proxy_certificate_expiry_timestamp_seconds\{certificate="admin"\} (\d+)/m;
  t.notMatch(await overview.metrics(), name, 'none, and not a zero');
  for (const ends of ['2998-01-01', '2999-01-01'] as const) {
    const tls = await makePair('2026-01-01', ends);
    overview.use({ ...snapshotOf({}), admin: { host: '127.0.0.1', port: 0, tls } });
    const [, seconds] = name.exec(await overview.metrics()) ?? [];
    t.equal(seconds, String(Date.parse(ends) / 1000));
  }
});
