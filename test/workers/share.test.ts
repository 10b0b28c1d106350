import t from 'tap';
import { CLIENT_LIMITS } from '../../src/listener/bounds.ts';
import { OUTAGE_LIMITS } from '../../src/upstream/outage.ts';
import { shareOf } from '../../src/workers/share.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

t.test('all workers together keep to the limits, and each has one of everything', async (t) => {
  const snapshot = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [testSsecKey('a')] }] });
  const { connections, queue } = snapshot.upstream.limits;
  for (const count of [2, 3, 7, 64]) {
    const share = shareOf(snapshot, count);
    const { clients = CLIENT_LIMITS } = share.limits;
    for (const limit of ['connections', 'requestsPerClient'] as const)
      t.ok(clients[limit] * count <= CLIENT_LIMITS[limit] && clients[limit] >= 1, `${limit} by ${count}`);
    t.equal(clients.copies, Math.max(1, Math.floor(CLIENT_LIMITS.copies / count)));
    t.equal(
      clients.requestsPerConnection,
      CLIENT_LIMITS.requestsPerConnection,
      'a connection has one worker',
    );
    t.equal(share.upstream.limits.connections, Math.max(1, Math.floor(connections / count)));
    t.equal(share.upstream.limits.queue, Math.max(1, Math.floor(queue / count)));
    t.equal(share.admin, undefined);
    t.equal(share.ready?.probe, snapshot.ready?.probe, 'what one of them knows is known in its time');
  }
});

t.test(
  'a store is left alone after as many failures in all, and never after a single one by chance',
  async (t) => {
    const snapshot = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [testSsecKey('a')] }] });
    const share = (failures: number, count: number): number | undefined => {
      const outage = { ...OUTAGE_LIMITS, failures };
      return shareOf({ ...snapshot, upstream: { ...snapshot.upstream, outage } }, count).upstream.outage
        ?.failures;
    };
    t.strictSame(
      [share(5, 1), share(5, 2), share(5, 4), share(5, 64), share(1, 4), share(100, 4)],
      [5, 3, 2, 2, 1, 25],
    );
  },
);

t.test('nothing else differs', async (t) => {
  const snapshot = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [testSsecKey('a')] }] });
  const { admin, limits, upstream, upstreams, ...rest } = snapshot;
  const { admin: _1, limits: _2, upstream: _3, upstreams: _4, ...shared } = shareOf(snapshot, 2);
  t.strictSame(shared, rest);
  t.strictSame({ ...shareOf(snapshot, 2).upstream, limits: upstream.limits }, upstream);
  t.equal(shareOf(snapshot, 1).limits.drain, limits.drain);
  t.equal(shareOf(snapshot, 1).upstreams.size, upstreams.size);
  t.equal(admin, snapshot.admin);
});
