import t from 'tap';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { testCredentials } from '../support/snapshot.ts';

const credentials = testCredentials('client');
const SCOPE = { date: '20260601', region: 'r', service: 's3', terminator: 'aws4_request' };
const derived = (scope: typeof SCOPE): string =>
  signed(new SigningKey(credentials.secretAccessKey.reveal(), scope));

/** Tells keys apart. */
const signed = (key: SigningKey): string => key.sign('text');
const keyOf = (secretAccessKey: string): SigningKey => new SigningKey(secretAccessKey, SCOPE);

t.test('derives a key that is not in the cache, and returns one that is', async (t) => {
  const keys = new SigningKeys();
  t.equal(signed(keys.get(credentials, SCOPE)), derived(SCOPE));
  const kept = keyOf('kept');
  keys.keep('client', SCOPE, kept);
  t.equal(keys.get(credentials, SCOPE), kept);
});

t.test('keeps one for each access key and scope', async (t) => {
  const keys = new SigningKeys();
  keys.keep('client', SCOPE, keyOf('kept'));
  for (const other of [{ date: '20260602' }, { region: 'q' }, { service: 'iam' }, { terminator: 'x' }]) {
    const scope = { ...SCOPE, ...other };
    t.equal(signed(keys.get(credentials, scope)), derived(scope));
  }
  t.not(signed(keys.get(testCredentials('another'), SCOPE)), signed(keyOf('kept')));
});

t.test('forgets the oldest when there are a thousand', async (t) => {
  const keys = new SigningKeys();
  const scopes = Array.from({ length: 1001 }, (_, index) => ({ ...SCOPE, region: `r${index}` }));
  for (const scope of scopes) keys.keep('client', scope, keyOf(scope.region));
  t.equal(signed(keys.get(credentials, scopes[0] as typeof SCOPE)), derived(scopes[0] as typeof SCOPE));
  t.equal(signed(keys.get(credentials, scopes[1] as typeof SCOPE)), signed(keyOf('r1')));
  t.equal(signed(keys.get(credentials, scopes[1000] as typeof SCOPE)), signed(keyOf('r1000')));
});

t.test('a key that is kept again pushes none out', async (t) => {
  const keys = new SigningKeys();
  const scopes = Array.from({ length: 1000 }, (_, index) => ({ ...SCOPE, region: `r${index}` }));
  const kept = scopes.map((scope) => ({ scope, key: keyOf(scope.region) }));
  for (const { scope, key } of kept) keys.keep('client', scope, key);
  for (const { scope, key } of kept.slice(1)) keys.keep('client', scope, key);
  t.equal(signed(keys.get(credentials, scopes[0] as typeof SCOPE)), signed(keyOf('r0')));
});
