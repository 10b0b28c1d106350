import { inspect } from 'node:util';
import t from 'tap';
import { Secret } from '../../src/secret.ts';
import { secretsOf } from '../../src/snapshot/secrets.ts';
import { snapshotOf, testClient, testCredentials } from '../support/snapshot.ts';

const credentials = { accessKeyId: 'there', secretAccessKey: new Secret('of-the-store') };
const client = {
  ...testClient('client', { accessKeyId: 'signer', secretAccessKey: new Secret('of-the-signer') }),
  secretAccessKey: new Secret('of-the-client'),
  sessionToken: new Secret('of-the-session'),
};
const { upstream } = snapshotOf();
const snapshot = {
  ...snapshotOf({
    clients: [client],
    upstream: { credentials },
    upstreams: new Map([
      [
        'other',
        { ...upstream, credentials: { ...credentials, secretAccessKey: new Secret('of-the-other') } },
      ],
    ]),
  }),
  admin: { host: '127.0.0.1', port: 0, token: new Secret('of-the-admin') },
};

t.test('every secret of a snapshot is known, and nothing else', async (t) => {
  for (const who of ['store', 'other', 'client', 'session', 'signer', 'admin'])
    t.ok(secretsOf(snapshot).has(`of-the-${who}`), who);
  for (const text of ['client', 'there', 'signer', '', 'of-the-', testCredentials('client').accessKeyId])
    t.notOk(secretsOf(snapshot).has(text), text);
  t.notOk(secretsOf(snapshotOf()).has('of-the-client'), 'of another snapshot');
});

t.test('they are looked up, not gone through, and do not print', async (t) => {
  t.equal(secretsOf(snapshot), secretsOf(snapshot), 'made once for a snapshot');
  const printed = `${inspect(secretsOf(snapshot), { showHidden: true, depth: 5 })}${JSON.stringify(secretsOf(snapshot))}`;
  t.notMatch(printed, /of-the-/);
});
