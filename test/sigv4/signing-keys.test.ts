import t from 'tap';
import { signingKey } from '../../src/sigv4/canonical.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { testCredentials } from '../support/snapshot.ts';

const credentials = testCredentials('client');
const SCOPE = { date: '20260601', region: 'r', service: 's3', terminator: 'aws4_request' };
const derived = (scope: typeof SCOPE): string =>
  signingKey(credentials.secretAccessKey.reveal(), scope).toString('hex');

t.test('derives a key that is not in the cache, and returns one that is', async (t) => {
  const keys = new SigningKeys();
  t.equal(keys.get(credentials, SCOPE).toString('hex'), derived(SCOPE));
  const kept = Buffer.from('kept');
  keys.keep('client', SCOPE, kept);
  t.equal(keys.get(credentials, SCOPE), kept);
});

t.test('keeps one for each access key and scope', async (t) => {
  const keys = new SigningKeys();
  keys.keep('client', SCOPE, Buffer.from('kept'));
  for (const other of [{ date: '20260602' }, { region: 'q' }, { service: 'iam' }, { terminator: 'x' }]) {
    const scope = { ...SCOPE, ...other };
    t.equal(keys.get(credentials, scope).toString('hex'), derived(scope));
  }
  t.not(keys.get(testCredentials('another'), SCOPE).toString(), 'kept');
});

t.test('forgets the oldest when there are a thousand', async (t) => {
  const keys = new SigningKeys();
  const scopes = Array.from({ length: 1001 }, (_, index) => ({ ...SCOPE, region: `r${index}` }));
  for (const scope of scopes) keys.keep('client', scope, Buffer.from(scope.region));
  t.equal(
    keys.get(credentials, scopes[0] as typeof SCOPE).toString('hex'),
    derived(scopes[0] as typeof SCOPE),
  );
  t.equal(keys.get(credentials, scopes[1] as typeof SCOPE).toString(), 'r1');
  t.equal(keys.get(credentials, scopes[1000] as typeof SCOPE).toString(), 'r1000');
});
